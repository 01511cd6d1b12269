import type { TestApi } from '../test-api.ts';
import { asAdmin } from '../test-api.ts';
import { LESSER_TOKEN, MAX_UPLOAD_BYTES, QUOTA_BYTES } from './contract-api.ts';
import { type Known, linesOf, REQUESTS, uploadOf } from './requests.ts';
import type { Sent } from './send.ts';

/** A request whose answer needs a special request or state. */
export interface Special {
  readonly status: number;
  readonly sent: Sent;
  /** Brings about the state before the request. */
  readonly before?: (api: TestApi) => unknown;
  /** Runs while the request waits for its answer. */
  readonly meanwhile?: (api: TestApi) => Promise<void>;
}

const NO_FILE = {
  fileId: '01a20449-5b5e-7c3a-9d55-2f6ce3a4b0c1',
  spareFileId: '01a20449-5b5e-7c3a-9d55-2f6ce3a4b0c1',
  jobId: 'none',
};

/** Returns the requests that cause the special answers of single routes. */
export function specialRequests(known: Known): Special[] {
  const { getStats, listFiles, getFile, deleteFile, getFileContent, streamFileEvents, retryJob } = REQUESTS;
  const held = (sent: Sent): Sent => ({ ...sent, headers: { ...sent.headers, 'If-None-Match': '*' } });
  const exported: Sent = REQUESTS.exportLogs();
  const otherLogs = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: 'other' }] }] }] });
  const notFound = [getFile, deleteFile, getFileContent, streamFileEvents, retryJob].map((of) => ({
    status: 404,
    sent: of(NO_FILE),
  }));
  return [
    { status: 304, sent: held(getStats()) },
    { status: 304, sent: held(listFiles()) },
    { status: 304, sent: held(getFileContent(known)) },
    { status: 200, sent: { ...getStats(), headers: { authorization: `Bearer ${LESSER_TOKEN}` } } },
    { status: 200, sent: { ...getStats(), target: '/api/stats?cache=false' } },
    ...notFound,
    {
      status: 204,
      sent: { ...streamFileEvents(known), headers: { ...asAdmin, 'Last-Event-ID': 'warmed' } },
    },
    { status: 201, sent: uploadOf('one line\n', { Prefer: 'wait=30' }), meanwhile: (api) => ingestNext(api) },
    { status: 202, sent: uploadOf('one line\n', { Prefer: 'wait=0' }) },
    { status: 400, sent: uploadOf('one line\n', {}, 'other') },
    { status: 413, sent: uploadOf('x'.repeat(MAX_UPLOAD_BYTES + 1)) },
    { status: 415, sent: uploadOf('one line\n', { 'Content-Encoding': 'gzip' }) },
    { status: 422, sent: uploadOf('') },
    { status: 507, sent: uploadOf('x'.repeat(MAX_UPLOAD_BYTES - 1)) },
    {
      status: 201,
      sent: { ...linesOf('one line\n', { Prefer: 'wait=30' }), target: '/api/ingest?stream=waits' },
      meanwhile: (api) => ingestNext(api, 'waits'),
    },
    { status: 202, sent: linesOf('one line\n', { Prefer: 'wait=0', 'Idempotency-Key': '"one"' }) },
    { status: 422, sent: linesOf('another line\n', { 'Idempotency-Key': '"one"' }) },
    { status: 400, sent: { ...linesOf('one line\n'), target: '/api/ingest' } },
    { status: 413, sent: linesOf('x'.repeat(MAX_UPLOAD_BYTES + 1)) },
    { status: 415, sent: linesOf('one line\n', { 'Content-Encoding': 'br' }) },
    { status: 507, sent: linesOf('x'.repeat(MAX_UPLOAD_BYTES - 1)) },
    { status: 400, sent: { ...exported, body: '{' } },
    { status: 200, sent: { ...exported, headers: { ...exported.headers, 'Idempotency-Key': 'two' } } },
    { status: 422, sent: { ...exported, headers: { ...exported.headers, 'Idempotency-Key': 'two' }, body: otherLogs } },
    { status: 503, sent: { ...exported, body: otherLogs.replace('other', 'x'.repeat(QUOTA_BYTES)) } },
    { status: 413, sent: { ...exported, body: 'x'.repeat(MAX_UPLOAD_BYTES + 1) } },
    {
      status: 410,
      sent: getFileContent(known),
      before: (api) => api.api.deps.origin.files.freeChunks(0),
    },
  ];
}

/** Ingests the next file that is stored or rolled, like a worker: with a name, the next whose name has it. */
async function ingestNext(api: TestApi, name?: string): Promise<void> {
  for (;;) {
    await api.api.deps.origin.streams.roll();
    const { files } = await api.api.deps.origin.files.list({ limit: 1, ...(name !== undefined && { name }) });
    const [newest] = files;
    if (newest?.status === 'received') return await api.ingest(newest.id);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
