import { type Logger, pino } from 'pino';

/** Records which way answered each request: `fast`, `shed`, `express` or `server`. Pass its logger to `startTestApi`. */
export class AnsweredWays {
  readonly #ways = new Map<string, string>();

  readonly logger: Logger = pino(
    { level: 'debug' },
    {
      write: (line: string) => {
        const { request_id: id, way } = JSON.parse(line);
        if (way !== undefined) this.#ways.set(id, way);
      },
    },
  );

  /** Returns the way of a request; null until the api has logged its answer. */
  of(requestId: string): string | null {
    return this.#ways.get(requestId) ?? null;
  }
}
