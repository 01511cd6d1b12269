import { expect, onTestFinished, test } from 'vitest';
import { ask } from '../harness/ask.ts';
import { startSystem } from '../harness/start-system.ts';
import { uploadIndexed } from '../harness/upload.ts';
import { type ReceivedSpan, startOtlpReceiver } from './otlp-receiver.ts';

const LINES = '2026-03-01 10:00:00 INFO cart: added lamp\n2026-03-01 10:00:01 ERROR pay: card declined\n';

async function startTraced(env: Record<string, string> = {}) {
  const receiver = await startOtlpReceiver();
  onTestFinished(() => receiver.close());
  const traced = { OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, ...env };
  const system = await startSystem({ apis: 1, workers: 1, env: traced });
  onTestFinished(() => system.stop());
  const [api] = system.apis;
  if (!api) throw new Error('expected an api');
  return { receiver, system, api };
}

/** Returns the names from the first span of the trace down to this one. */
function pathTo(span: ReceivedSpan, spans: readonly ReceivedSpan[]): string {
  const parent = spans.find(({ spanId, traceId }) => spanId === span.parentId && traceId === span.traceId);
  const own = `${span.service}: ${span.name}`;
  return parent === undefined ? own : `${pathTo(parent, spans)} > ${own}`;
}

test('one trace leads from an upload over its ingest to the invalidation and the warming', async () => {
  const { receiver, api } = await startTraced();
  await uploadIndexed(api, 'shop.log', LINES);
  const upload = 'pilotlight-api: POST /api/upload';
  const ingest = `${upload} > pilotlight-worker: process ingest-file`;
  const applied = `${ingest} > pilotlight-worker: process apply-event`;
  const paths = () => {
    const first = receiver.spans.find(({ name }) => name === 'POST /api/upload');
    const ofTrace = receiver.spans.filter(({ traceId }) => traceId === first?.traceId);
    return ofTrace.map((span) => pathTo(span, ofTrace));
  };
  await expect
    .poll(paths)
    .toEqual(
      expect.arrayContaining([
        upload,
        `${upload} > pilotlight-api: cache.invalidate`,
        `${upload} > pilotlight-worker: send ingest-file`,
        ingest,
        `${upload} > pilotlight-worker: process apply-event > pilotlight-worker: cache.invalidate`,
        applied,
        `${applied} > pilotlight-worker: cache.invalidate`,
        `${applied} > pilotlight-worker: send warm-keys`,
      ]),
    );
});

test("a request continues the client's trace, and its problem and log lines name it", async () => {
  const { receiver, api } = await startTraced({ OTEL_SERVICE_NAME: 'logs' });
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01`, 'x-request-id': 'the-request' };
  const { status, json } = await ask(api, 'GET', '/api/files/01a224a9-f78f-7250-8e87-c30198042474', undefined, headers);
  expect(status).toBe(404);
  expect(json).toMatchObject({ request_id: 'the-request', trace_id: traceId });
  await expect
    .poll(() => receiver.spans)
    .toContainEqual(
      expect.objectContaining({ service: 'logs', name: 'GET /api/files/:id', traceId, parentId: 'b7ad6b7169203331' }),
    );
  await expect
    .poll(() => api.entries.find((entry) => entry['request_id'] === 'the-request'))
    .toMatchObject({ trace_id: traceId });
});

test('given OTEL_SDK_DISABLED, no span is sent and no event carries a trace', async () => {
  const { receiver, api } = await startTraced({ OTEL_SDK_DISABLED: 'true' });
  await uploadIndexed(api, 'shop.log', LINES);
  const { json } = await ask(api, 'GET', '/api/files/none');
  expect(json.trace_id).toBeUndefined();
  await api.stop();
  expect(receiver.spans).toEqual([]);
});
