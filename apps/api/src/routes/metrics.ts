import type { Deps } from '../deps.ts';
import type { Handlers } from '../http/register-routes.ts';

/** `GET /metrics`: the metrics of this process for Prometheus. */
export function getMetrics({ metrics }: Deps): Handlers {
  return [
    async (_request, response) => {
      const text = await metrics.scrape();
      // Not `set`, which adds a charset of its own.
      response.setHeader('Content-Type', metrics.contentType);
      response.setHeader('Cache-Control', 'no-store');
      response.end(text);
    },
  ];
}
