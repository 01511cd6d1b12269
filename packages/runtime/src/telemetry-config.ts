import { wholeNumber } from './config-values.ts';

/** The variables of metrics. */
export const TELEMETRY_VARIABLES = {
  /** The port on which a worker serves `/metrics` and `/healthz`. Without it, a worker opens no port. */
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
} as const;
