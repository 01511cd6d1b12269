import { expect, test } from 'vitest';
import { z } from 'zod';
import { TELEMETRY_VARIABLES, telemetryOf } from './telemetry-config.ts';

const schema = z.object(TELEMETRY_VARIABLES);
const read = (env: Record<string, string>) => telemetryOf(schema.parse(env));
const problemsOf = (env: Record<string, string>) => schema.safeParse(env).error?.issues.map(({ message }) => message);
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test('without a variable that asks for them there are no traces and no port', () => {
  expect(read({})).toEqual({ metricsPort: null, tracing: null });
  expect(read({ OTEL_SERVICE_NAME: 'logs' }).tracing).toBeNull();
});

test.for([
  ENDPOINT,
  { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces' },
  { OTEL_TRACES_EXPORTER: 'otlp' },
])('%j starts traces', (env) => {
  expect(read(env).tracing).toEqual({ serviceName: null, sampler: 'parentbased_always_on', ratio: 1 });
});

test.for([{ OTEL_TRACES_EXPORTER: 'none' }, { OTEL_SDK_DISABLED: 'True' }])(
  '%j stops traces with an endpoint',
  (env) => {
    expect(read({ ...ENDPOINT, ...env }).tracing).toBeNull();
  },
);

test('the sampler and the name of the service are taken over', () => {
  const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25', OTEL_SERVICE_NAME: 'logs' };
  expect(read({ ...ENDPOINT, ...env }).tracing).toEqual({ serviceName: 'logs', sampler: 'traceidratio', ratio: 0.25 });
});

test.for([
  [{ METRICS_PORT: '70000' }, 'expected a whole number from 0 to 65535'],
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'expected one of otlp, none'],
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'expected one of http/protobuf'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, 'expected a URL starting with http:// or https://'],
  [{ OTEL_TRACES_SAMPLER_ARG: '1.5' }, 'expected a decimal number from 0 to 1'],
] as const)('%j is refused', ([env, problem]) => {
  expect(problemsOf(env)).toEqual([problem]);
});
