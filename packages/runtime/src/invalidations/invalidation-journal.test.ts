import type { Cause } from '@pilotlight/contracts';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createLogger } from '../logger.ts';
import { connectProducer, type QueueConnection } from '../queue-connection.ts';
import { InvalidationJournal } from './invalidation-journal.ts';

const KEY = 'pilotlight:invalidations';
const POLL = { timeout: 60_000, interval: 20 };
const logger = createLogger({ level: 'fatal', forPeople: false, name: 'test' });
const request = (token: string): Cause => ({ kind: 'request', token });
const confirmations = [{ process: 'api:a:1', how: 'applied' as const, afterMs: 1.234 }];
const receipt = (position: number, epoch = 7) =>
  ({ state: 'applied', epoch, position, receiptMs: 2.346, confirmations }) as const;

let redis: RunningRedis;
let connection: QueueConnection;
let journal: InvalidationJournal;
beforeAll(async () => {
  redis = await startRedis({ role: 'queue' });
  connection = connectProducer(redis.url, logger);
  await vi.waitUntil(() => connection.status === 'ready', POLL);
  journal = new InvalidationJournal(connection, logger);
});
beforeEach(() => connection.del(KEY));
afterAll(async () => {
  connection.disconnect();
  await redis.stop();
});

const recorded = (length: number) => vi.waitUntil(async () => (await connection.llen(KEY)) === length, POLL);

test('of two processes that record one position, the first counts', async () => {
  journal.record(receipt(1), request('first'));
  await recorded(1);
  journal.record(receipt(1), request('second'));
  await recorded(2);
  expect(await journal.of(7)).toEqual(
    new Map([
      [
        1,
        {
          ...{ epoch: 7, position: 1, at: expect.stringMatching(/Z$/), cause: request('first'), receipt_ms: 2.35 },
          processes: [{ process: 'api:a:1', how: 'applied', after_ms: 1.23 }],
        },
      ],
    ]),
  );
});

test('entries of another epoch, and texts of another version, are skipped', async () => {
  journal.record(receipt(1, 6), request('old'));
  await recorded(1);
  await connection.lpush(KEY, 'no JSON', '{"epoch":7,"position":2}');
  journal.record(receipt(3), request('new'));
  await recorded(4);
  expect([...(await journal.of(7)).keys()]).toEqual([3]);
});

test('the latest 500 entries are kept, and a pending invalidation has none', async () => {
  journal.record({ state: 'pending', position: null }, request('pending'));
  for (let position = 1; position <= 510; position++) journal.record(receipt(position), request('many'));
  await vi.waitUntil(async () => (await journal.of(7)).has(510), POLL);
  const kept = [...(await journal.of(7)).keys()];
  expect([kept.length, Math.min(...kept)]).toEqual([500, 11]);
});

test('without the server, a record is lost and a read rejects', async () => {
  const away = connectProducer('redis://127.0.0.1:1', logger);
  const lost = new InvalidationJournal(away, logger);
  lost.record(receipt(1), request('lost'));
  await expect(lost.of(7)).rejects.toThrow('the queue server is unreachable');
  away.disconnect();
});
