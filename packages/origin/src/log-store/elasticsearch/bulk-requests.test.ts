import { expect, test } from 'vitest';
import { OriginUnavailable, RecordsRejected } from '../../errors.ts';
import { type BulkOperation, sendBulk } from './bulk-requests.ts';
import { createClient } from './client.ts';
import { type ScriptedServer, scriptedServer } from './testing/scripted-server.ts';

const operations: BulkOperation[] = ['a', 'b', 'c'].map((id) => ({
  id,
  lines: [JSON.stringify({ index: { _index: 'x', _id: id } }), '{}'],
}));

/** The status of an operation, and the type of its error. */
type Scripted = number | readonly [status: number, type: string];

/** Answers each request with the next script: the status of each operation by its id, or one status for the request. */
async function serverOf(...scripts: (Record<string, Scripted> | number)[]): Promise<ScriptedServer> {
  let asked = 0;
  return await scriptedServer(({ body }) => {
    const script = scripts[asked++] ?? {};
    if (typeof script === 'number') return { status: script, body: { error: { type: 'busy', reason: 'no room' } } };
    const ids = [...body.matchAll(/"_id":"(\w+)"/g)].map(([, id = '']) => id);
    const items = ids.map((id) => {
      const scripted = script[id] ?? 201;
      const [status, type] = typeof scripted === 'number' ? [scripted, 't'] : scripted;
      return {
        index: { _index: 'x', _id: id, status, ...(status >= 400 && { error: { type, reason: `bad ${id}` } }) },
      };
    });
    return { status: 200, body: { took: 1, errors: items.some(({ index }) => index.status >= 400), items } };
  });
}

const idsOf = ({ requests }: ScriptedServer) =>
  requests.map(({ body }) => [...body.matchAll(/"_id":"(\w+)"/g)].map(([, id]) => id).join(''));

test('operations that a busy server refused are sent again, the others are not', async () => {
  const server = await serverOf(429, { b: 429, c: 503 }, { c: 429 });
  const outcome = await sendBulk(createClient({ url: server.url }, 5_000), operations);
  expect(outcome).toEqual({ hasConflict: false });
  expect(idsOf(server)).toEqual(['abc', 'abc', 'bc', 'c']);
});

test('an operation rejected for good is named with its reason and not sent again', async () => {
  const server = await serverOf({ b: 400, c: 429 });
  const sending = sendBulk(createClient({ url: server.url }, 5_000), operations);
  await expect(sending).rejects.toThrow(RecordsRejected);
  await expect(sending).rejects.toThrow(/rejected 1 records.*b: bad b/);
  expect(idsOf(server)).toEqual(['abc']);
});

test('a request that is too large is sent in halves', async () => {
  const server = await serverOf(413, 413, {}, { b: 409 });
  const outcome = await sendBulk(createClient({ url: server.url }, 5_000), operations);
  expect(outcome).toEqual({ hasConflict: true });
  expect(idsOf(server)).toEqual(['abc', 'ab', 'a', 'b', 'c']);
});

test('one operation that is too large for a request is rejected for good', async () => {
  const server = await serverOf(413, {}, 413);
  const sending = sendBulk(createClient({ url: server.url }, 5_000), operations);
  await expect(sending).rejects.toThrow(/rejected 1 records.*c: the request is larger/);
  expect(idsOf(server)).toEqual(['abc', 'ab', 'c']);
});

test.for([
  ['a closed index', 400, 'index_closed_exception'],
  ['an index without rights', 403, 'security_exception'],
  ['a full disk', 429, 'cluster_block_exception'],
  ['a missing primary shard', 503, 'unavailable_shards_exception'],
] as const)('an operation for %s is sent again, not rejected', async ([, status, type]) => {
  const server = await serverOf({ b: [status, type] }, {});
  expect(await sendBulk(createClient({ url: server.url }, 5_000), operations)).toEqual({ hasConflict: false });
  expect(idsOf(server)).toEqual(['abc', 'b']);
});

test('a version conflict is reported, and a missing document is not an error', async () => {
  const server = await serverOf({ a: 409, b: 404 });
  expect(await sendBulk(createClient({ url: server.url }, 5_000), operations)).toEqual({ hasConflict: true });
});

test('a server that cannot be reached is unavailable', async () => {
  const sending = sendBulk(createClient({ url: 'http://127.0.0.1:1' }, 5_000), operations);
  await expect(sending).rejects.toThrow(OriginUnavailable);
});
