import type { Logger } from '../logger.ts';
import type { ShutdownStep } from '../shutdown.ts';
import type { TracingConfig } from '../telemetry-config.ts';

/** The traces of a process. */
export interface Tracing {
  /** Sends the spans that have ended and stops. Logs a warning if the collector does not take them; never rejects. */
  stop(): Promise<void>;
}

/**
 * Starts to make traces. Returns null without a configuration: then no part of OpenTelemetry's SDK is loaded, and no request is wrapped.
 *
 * @param process the name of the service unless `OTEL_SERVICE_NAME` sets one
 * @param logger logs spans that are lost at the end
 */
export async function startTracing(
  config: TracingConfig | null,
  process: string,
  logger: Pick<Logger, 'warn'>,
): Promise<Tracing | null> {
  if (config === null) return null;
  const { registerSdk } = await import('./register-sdk.ts');
  return registerSdk(config, process, logger);
}

/** Returns the steps of a shutdown whose last one also sends the traces. Its limit must be more than a second. */
export function withTraces(steps: readonly ShutdownStep[], tracing: Tracing | null): readonly ShutdownStep[] {
  const last = steps.at(-1);
  if (tracing === null || last === undefined) return steps;
  return [...steps.slice(0, -1), { ...last, run: () => Promise.all([last.run(), tracing.stop()]) }];
}
