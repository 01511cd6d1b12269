import { z } from 'zod';
import { wholeNumber } from './config-values.ts';

const oneOf = <const Names extends readonly [string, ...string[]]>(...names: Names) =>
  z.enum(names, { error: `expected one of ${names.join(', ')}` });

const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

const httpUrl = z.string().refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
  error: 'expected a URL starting with http:// or https://',
});

const ratio = z
  .string()
  .refine((text) => /^\d+(\.\d+)?$/.test(text) && Number(text) <= 1, { error: 'expected a decimal number from 0 to 1' })
  .transform(Number);

/** The variables of metrics and traces. Those of OpenTelemetry have the meaning that its specification gives them. */
export const TELEMETRY_VARIABLES = {
  /** The port on which a worker serves `/metrics` and `/healthz`. Without it, a worker opens no port. */
  METRICS_PORT: wholeNumber(0, 65_535).optional(),
  OTEL_SDK_DISABLED: z.string().optional(),
  OTEL_TRACES_EXPORTER: oneOf('otlp', 'none').optional(),
  /** Where traces are sent; the path `/v1/traces` is added. */
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  /** The same with its path. */
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: oneOf('http/protobuf').optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: oneOf('http/protobuf').optional(),
  OTEL_SERVICE_NAME: z.string().optional(),
  OTEL_TRACES_SAMPLER: oneOf(...SAMPLERS).default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: ratio.default(1),
} as const;

type TelemetryData = z.output<z.ZodObject<typeof TELEMETRY_VARIABLES>>;

/** How a process makes traces; the exporter reads the other variables (`OTEL_EXPORTER_OTLP_HEADERS`, …) itself. */
export interface TracingConfig {
  /** Null if the name of the process is the service's name. */
  readonly serviceName: string | null;
  readonly sampler: (typeof SAMPLERS)[number];
  /** The share of the traces that a sampler by ratio keeps. */
  readonly ratio: number;
}

export function telemetryOf(data: TelemetryData) {
  return {
    /** The port of a worker's metrics; null if it serves none. */
    metricsPort: data.METRICS_PORT ?? null,
    /** Null if the process makes no traces. */
    tracing: tracingOf(data),
  };
}

function tracingOf(data: TelemetryData): TracingConfig | null {
  const exporter = data.OTEL_TRACES_EXPORTER;
  const isWanted =
    exporter === 'otlp' ||
    data.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined ||
    data.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT !== undefined;
  // The specification: only "true", in any case, disables the SDK.
  if (!isWanted || exporter === 'none' || data.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
  const { OTEL_SERVICE_NAME: serviceName = null, OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: ratio } = data;
  return { serviceName, sampler, ratio };
}
