import type { DomainEvent, LogFile } from '@pilotlight/contracts';
import { type Logger, openQueues, type Queues } from '@pilotlight/runtime';
import { type RunningRedis, startRedis } from '@pilotlight/stack';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import type { Job } from 'bullmq';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { vi } from 'vitest';
import { type Deps, openDeps, type ServiceUrls } from '../deps.ts';

/** The parts of a worker process on servers that a test may empty, kill and freeze. */
export interface TestWorld {
  readonly urls: ServiceUrls;
  readonly deps: Deps;
  readonly queues: Queues;
  readonly logger: Logger;
  /** The messages logged so far. */
  readonly lines: string[];
  readonly cacheServer: RunningRedis;
  readonly queueServer: RunningRedis;
  /** A separate connection to the queue server, for the test itself. */
  readonly queueClient: Redis;
  /** Changes the database directly, without the origin. */
  query(text: string): Promise<void>;
  upload(content: string | Buffer, name?: string): Promise<{ file: LogFile; event: DomainEvent }>;
  /** Opens a second process on the same servers. */
  openAnother(): Promise<{ deps: Deps; queues: Queues; close(): Promise<void> }>;
  close(): Promise<void>;
}

export async function openTestWorld(): Promise<TestWorld> {
  const [cacheServer, queueServer, database] = await Promise.all([
    startRedis({ role: 'cache' }),
    startRedis({ role: 'queue' }),
    migratedDatabase(),
  ]);
  const urls = { databaseUrl: database.url, redisCacheUrl: cacheServer.url, redisQueueUrl: queueServer.url };
  const { logger, lines } = collectingLogger();
  const first = await openProcess(urls, logger);
  const queueClient = new Redis(queueServer.url, { maxRetriesPerRequest: null });
  queueClient.on('error', () => undefined); // tests stop the server
  const opened = [first];
  return {
    ...first,
    urls,
    logger,
    lines,
    cacheServer,
    queueServer,
    queueClient,
    query: async (text) => {
      const client = new pg.Client(database.url);
      await client.connect();
      await client.query(text).finally(() => client.end());
    },
    upload: async (content, name = 'app.log') => {
      const upload = await first.deps.origin.uploads.begin(name);
      await upload.write(Buffer.from(content));
      return await upload.commit();
    },
    openAnother: async () => {
      const another = await openProcess(urls, logger);
      opened.push(another);
      return another;
    },
    close: async () => {
      for (const one of opened) await one.close();
      queueClient.disconnect();
      await Promise.all([cacheServer.stop(), queueServer.stop(), database.drop()]);
    },
  };
}

async function openProcess(urls: ServiceUrls, logger: Logger) {
  const deps = openDeps({ ...urls, redisTimeouts: REDIS_TIMEOUTS }, logger);
  await eventually('a connection to the queue server', () => deps.producer.status === 'ready');
  const queues = openQueues(deps.producer, logger);
  await deps.origin.migrate();
  await deps.cache.start();
  await eventually('to follow the log', () => deps.cache.internal.engine.follower.isCurrent);
  return {
    deps,
    queues,
    close: async () => {
      await deps.cache.close();
      await queues.close();
      await deps.close();
    },
  };
}

/** Options of `expect.poll`: tests wait for a state, even on a slow machine. */
/** A late answer is a miss, a pending invalidation or an inconclusive audit, so Redis has time on a busy machine. */
export const REDIS_TIMEOUTS = { cacheTimeout: '5s', queueTimeout: '5s' } as const;
export const POLL = { timeout: 30_000, interval: 20 };

/** Waits like `expect.poll`; works in hooks too. */
async function eventually(what: string, isSo: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!isSo()) throw new Error(`expected ${what}`);
  }, POLL);
}

export function collectingLogger(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(messageIn(line)) });
  return { logger, lines };
}

function messageIn(line: string): string {
  const entry: unknown = JSON.parse(line);
  return typeof entry === 'object' && entry !== null && 'msg' in entry ? String(entry.msg) : line;
}

/** Returns the jobs of a queue in any state, by id. */
export async function jobsOf(queues: Queues, name: Parameters<Queues['of']>[0]): Promise<Map<string, Job>> {
  const jobs = await queues.of(name).getJobs(['waiting', 'active', 'delayed', 'completed', 'failed']);
  return new Map(jobs.map((job) => [job.id ?? '', job]));
}

/** Returns the context of a first try that is never cancelled. */
export const firstTry = () => ({ signal: new AbortController().signal, isLastTry: false, crashes: 0 });
