import { z } from 'zod';

const PORT = 'expected a whole number from 0 to 65535';

/** The variables of metrics and traces. Each name of OpenTelemetry has the meaning that its specification gives it. */
export const telemetryVariables = {
  /** The port on which a worker serves `/metrics` and `/healthz`. Without it, a worker opens no port. */
  METRICS_PORT: z
    .string()
    .refine((text) => /^\d+$/.test(text) && Number(text) <= 65_535, { error: PORT })
    .transform(Number)
    .optional(),
};
