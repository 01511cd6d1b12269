import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { instrumentCache } from '@pilotlight/cache-core/opentelemetry';
import pTimeout from 'p-timeout';
import type { Logger } from '../logger.ts';
import type { TracingConfig } from '../telemetry-config.ts';
import type { Tracing } from './start-tracing.ts';

/** The collector gets the spans this long, in ms, after they have ended. */
const SEND_EVERY_MS = 1_000;
const STOP_WITHIN_MS = 1_000;

/** Registers the SDK for the whole process. This module loads the SDK, so only a process that makes traces imports it. */
export function registerSdk(
  { serviceName, sampler, ratio }: TracingConfig,
  process: string,
  logger: Pick<Logger, 'warn'>,
): Tracing {
  const resource = defaultResource()
    .merge(resourceFromAttributes({ 'service.name': serviceName ?? `pilotlight-${process}` }))
    .merge(detectResources({ detectors: [envDetector] }));
  const exporter = new OTLPTraceExporter();
  const provider = new TracerProvider({
    resource,
    sampler: samplerOf(sampler, ratio),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS })],
  });
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const cacheSpans = instrumentCache();
  return {
    stop: async () => {
      cacheSpans.stop();
      // A collector that does not answer costs spans, but must not delay the end of the process.
      const message = `expected an answer within ${STOP_WITHIN_MS} ms, got none`;
      await pTimeout(provider.shutdown(), { milliseconds: STOP_WITHIN_MS, message }).catch((error: unknown) =>
        logger.warn({ err: error }, 'the last spans of this process are lost: the collector did not take them'),
      );
    },
  };
}

function samplerOf(name: TracingConfig['sampler'], ratio: number): Sampler {
  switch (name) {
    case 'always_on':
      return new AlwaysOnSampler();
    case 'always_off':
      return new AlwaysOffSampler();
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio);
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() });
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() });
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) });
  }
}
