import { type RunningRedis, startRedis } from '@pilotlight/stack';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../log/testing/hit-oracle.ts';
import { systemClock } from '../model/clock.ts';
import { silentLogger } from '../model/logger.ts';
import { ManualClock, MemoryLogServer } from '../testing/index.ts';
import { ErrorReplies } from './error-replies.ts';
import { openRedis, openSubscription, type RedisClient } from './open-redis.ts';
import { type LogLimits, RedisLog } from './redis-log.ts';
import { Subscriber } from './subscriber.ts';
import { LogPlayer, type LosingLog, logHistory } from './testing/log-history.ts';
import { succeeds } from './testing/servers.ts';

let server: RunningRedis;
let client: RedisClient;
let subscriber: Subscriber;
let namespaces = 0;
beforeAll(async () => {
  server = await startRedis({ role: 'queue' });
  client = openRedis('queueUrl', server.url, { blocks: false });
  subscriber = new Subscriber(() => openSubscription(server.url, client));
  await succeeds(() => client.ping());
});
afterAll(async () => {
  subscriber.close();
  client.disconnect();
  await server.stop();
});

/** The roles of a server that does not evict. */
const FIT = { areSafe: true, refusal: () => null };

function onRedis(limits: LogLimits): LosingLog {
  const namespace = `played-${++namespaces}`;
  const replies = new ErrorReplies({ what: 'the queue server', logger: silentLogger, clock: systemClock });
  const durable = { client, tail: client, subscriber, namespace, commandTimeoutMs: 30_000 };
  const log = new RedisLog({ ...durable, replies, roles: FIT, limits });
  return {
    log,
    lose: async (part) => void (await client.del(`{${namespace}:log}:${part}`)),
    loseEverything: async () => {
      const keys = await client.keys(`{${namespace}:log}:*`);
      if (keys.length > 0) await client.del(...keys);
    },
  };
}

function inMemory({ records, selectors, scoped, keys }: LogLimits): LosingLog {
  const clock = new ManualClock();
  const limits = { maxRecords: records, maxSelectors: selectors, maxScoped: scoped, maxKeys: keys };
  const server = new MemoryLogServer(clock, limits);
  return {
    log: server.connect(),
    lose: async (part) => {
      await clock.advance(10); // so that no two epochs begin at the same instant
      server.lose(part);
    },
    loseEverything: async () => {
      await clock.advance(10);
      server.flushAll();
    },
  };
}

test('given the same random history, the Lua scripts and the log in memory agree', async () => {
  await fc.assert(
    fc.asyncProperty(logHistory, limits, async (history, { selectors, scopedHits, keyHits }) => {
      const bounds = { records: 10_000, selectors, scoped: scopedHits, keys: keyHits };
      const [real, model] = [new LogPlayer(onRedis(bounds)), new LogPlayer(inMemory(bounds))];
      for (const step of history) expect(await model.play(step)).toEqual(await real.play(step));
      expect(await model.state()).toEqual(await real.state());
    }),
    { numRuns: 200 },
  );
});
