import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { LogRecord } from '../../log-record.ts';
import { createClient } from './client.ts';
import { IndexNames } from './index-layout.ts';
import { RecordWriter } from './record-writer.ts';
import { type ScriptedAnswer, scriptedServer } from './testing/scripted-server.ts';
import { WriteTargets } from './write-targets.ts';

const MIB = 1024 * 1024;
const RECORD_CHARACTERS = 60_000;
const RECORDS = 400;

function recordOf(line: number): LogRecord {
  const columns = { timestamp: null, level: 'INFO', service: null, source: null } as const;
  const request = { method: null, path: null, status: null, responseTimeMs: null, fields: {} };
  return { line, lineEnd: line, ...columns, ...request, message: '-'.repeat(RECORD_CHARACTERS) };
}

test('while the server is busy, two requests are in memory; then every record arrives once', async () => {
  const busy: PromiseWithResolvers<void> = Promise.withResolvers();
  const accepted: string[] = [];
  let refusals = 3;
  const server = await scriptedServer(async ({ path, body }): Promise<ScriptedAnswer> => {
    if (path.includes('_rollover'))
      return { status: 200, body: { rolled_over: false, old_index: 'x', new_index: 'x' } };
    await busy.promise;
    if (refusals-- > 0) return { status: 429, body: { error: { type: 'es_rejected_execution_exception' } } };
    const ids = [...body.matchAll(/"_id":"([^"]+)"/g)].map(([, id = '']) => id);
    accepted.push(...ids);
    return { status: 200, body: { took: 1, errors: false, items: ids.map(() => ({ index: { status: 201 } })) } };
  });
  const client = createClient({ url: server.url }, 60_000);
  onTestFinished(() => client.close());
  const targets = new WriteTargets(client, new IndexNames('test'));
  const assertCurrent = () => Promise.resolve();
  const writer = new RecordWriter({ client, targets, fileId: 'f', attempt: 1, assertCurrent });
  const writing = (async () => {
    for (let line = 1; line <= RECORDS; line++) await writer.write([recordOf(line)]);
    await writer.end();
  })();
  // One request waits for its answer, and the next one is full.
  await expect.poll(() => writer.written * RECORD_CHARACTERS).toBeGreaterThan(7 * MIB);
  // A writer that did not wait would write everything in one of these turns of the event loop.
  for (let turn = 0; turn < 10; turn++) await setImmediate();
  expect(writer.written * RECORD_CHARACTERS).toBeLessThan(9 * MIB);
  busy.resolve();
  await writing;
  expect(new Set(accepted).size).toBe(RECORDS);
  expect(accepted).toHaveLength(RECORDS);
});
