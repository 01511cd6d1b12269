import { probeWrite, problemOf, type QueueConnection } from '@pilotlight/runtime';
import pTimeout from 'p-timeout';
import type { Deps } from './deps.ts';
import { ingestWaitMs } from './upload/ingest-wait.ts';

export interface Dependency {
  ok: boolean;
  /** Null if it did not answer. */
  latency_ms: number | null;
  /** Why it is not `ok`, if known. */
  reason?: string;
}

/** The results of one probe of every dependency. */
export interface Probes {
  postgres: Dependency;
  /** Null if the records are in Postgres. */
  elasticsearch: Dependency | null;
  redis_cache: Dependency;
  /** Probed with a write, because a server that answers PING may refuse writes. */
  redis_queue: Dependency;
  /** Judged by consumption: how long the oldest event or upload has waited for a worker, in ms; null if unknown. */
  workers: { ok: boolean; oldest_wait_ms: number | null };
}

const ANSWER_WITHIN_MS = 2_000;
/** A worker takes a job within 1 or 2 s, unless large files are ahead of it. */
const MAX_WAIT_MS = 30_000;

/** Probes every dependency once. Never rejects. */
export async function probeAll(deps: Omit<Deps, 'probes' | 'live'>): Promise<Probes> {
  const [postgres, elasticsearch, redis, write, waitMs] = await Promise.all([
    measured(() => deps.origin.ping()),
    deps.config.elasticsearch === null ? null : measured(() => deps.origin.pingLogStore()),
    deps.redis.ping(),
    probeQueue(deps.queueConnection),
    deps.migrations.isCurrent ? oldestWaitMs(deps) : null,
  ]);
  const { cacheMs, queueMs } = redis;
  const maxWaitMs = Math.min(MAX_WAIT_MS, deps.config.ingestMaxWaitMs);
  return {
    postgres,
    elasticsearch,
    redis_cache: cacheMs === null ? silent() : answered(cacheMs),
    redis_queue: write.ok && queueMs === null ? silent() : write,
    workers: { ok: waitMs === null || waitMs <= maxWaitMs, oldest_wait_ms: waitMs },
  };
}

async function probeQueue(connection: QueueConnection): Promise<Dependency> {
  if (connection.status !== 'ready') {
    return { ok: false, latency_ms: null, reason: problemOf(connection) ?? 'the server is unreachable' };
  }
  return await measured(() => probeWrite(connection));
}

async function measured(ask: () => Promise<unknown>): Promise<Dependency> {
  const beganAt = performance.now();
  try {
    await inTime(ask());
    return answered(performance.now() - beganAt);
  } catch (error) {
    return { ok: false, latency_ms: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function oldestWaitMs(deps: Omit<Deps, 'probes' | 'live'>): Promise<number | null> {
  try {
    return Math.round(await inTime(ingestWaitMs(deps)));
  } catch (error) {
    deps.logger.debug({ err: error }, 'readiness: could not determine how long work has waited');
    return null;
  }
}

async function inTime<Result>(work: Promise<Result>): Promise<Result> {
  return await pTimeout(work, {
    milliseconds: ANSWER_WITHIN_MS,
    message: `expected an answer within ${ANSWER_WITHIN_MS} ms, got none`,
  });
}

function answered(latencyMs: number): Dependency {
  return { ok: true, latency_ms: Math.round(latencyMs * 100) / 100 };
}

function silent(): Dependency {
  return { ok: false, latency_ms: null, reason: 'the server does not answer' };
}
