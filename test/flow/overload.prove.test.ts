import { setTimeout as delay } from 'node:timers/promises';
import { FaultProxy } from '@pilotlight/stack/testing';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type System, type SystemApi, startSystem } from '../harness/start-system.ts';

/** Of each direction between an api and its database. Loads mostly wait for it, so they take about as long on a busy machine. */
const LATENCY_MS = 50;
/** The loads that an api runs at the same time. */
const RUNNING = 4;
/** Each load takes longer than the expected wait, so twelve per connection may wait at the beginning, and then four. */
const MAX_WAITING = 12 * RUNNING;
/** Times the capacity, for a number of loads. */
const FLOOD = { capacities: 4, loads: 16 };

interface Read {
  readonly status: number;
  readonly isHit: boolean;
  /** The code of a problem, else null. */
  readonly code: string | null;
  readonly retryAfter: unknown;
  /** From the instant at which it was due. */
  readonly ms: number;
}

let system: System;
let proxy: FaultProxy;
beforeAll(async () => {
  system = await startSystem({ apis: 0, workers: 0 });
  proxy = await FaultProxy.to(system.env['DATABASE_URL'] ?? '');
});
afterAll(async () => {
  await system?.stop();
  await proxy?.close();
});

/** Starts an api with a slow database. */
async function slowApi(env: Record<string, string> = {}): Promise<SystemApi> {
  proxy.forward({ kind: 'open' });
  const api = await system.addApi({ DATABASE_URL: proxy.url, DATABASE_READ_CONNECTIONS: String(RUNNING), ...env });
  proxy.forward({ kind: 'latency', ms: LATENCY_MS });
  return api;
}

/** Sends reads of one kind. */
class Reader {
  readonly #url: string;
  readonly #nextPath: () => string;
  readonly #agent = new Agent({ connections: 512, headersTimeout: 90_000 });

  constructor(api: SystemApi, nextPath: () => string) {
    this.#url = api.url;
    this.#nextPath = nextPath;
  }

  async read(dueAt = performance.now()): Promise<Read> {
    const answer = await request(this.#url + this.#nextPath(), { dispatcher: this.#agent });
    const text = await answer.body.text();
    return {
      status: answer.statusCode,
      isHit: String(answer.headers['cache-status']).includes('hit'),
      code: answer.statusCode === 200 ? null : JSON.parse(text).code,
      retryAfter: answer.headers['retry-after'],
      ms: performance.now() - dueAt,
    };
  }

  /** Sends reads one after the other until the promise settles, at least `least`. */
  async until(end: Promise<unknown>, least: number): Promise<Read[]> {
    const reads: Read[] = [];
    let hasEnded = false;
    const ended = end.finally(() => {
      hasEnded = true;
    });
    for (; !hasEnded || reads.length < least; await delay(5)) reads.push(await this.read());
    await ended;
    return reads;
  }

  /** Sends reads at a constant rate, whether or not earlier ones are answered. */
  async openLoop(perSecond: number, total: number): Promise<Read[]> {
    const reads: Promise<Read>[] = [];
    const beganAt = performance.now();
    for (; reads.length < total; await delay(2)) {
      const due = Math.min(total, ((performance.now() - beganAt) * perSecond) / 1_000);
      while (reads.length < due) reads.push(this.read(beganAt + (reads.length * 1_000) / perSecond));
    }
    return Promise.all(reads);
  }
}

let absent = 0;
const missesOf = (api: SystemApi) => new Reader(api, () => `/api/stats?service=absent-${absent++}`);
const hitsOf = (api: SystemApi) => new Reader(api, () => '/api/files?limit=1');

const medianMs = (reads: readonly Read[]): number => {
  const sorted = reads.map(({ ms }) => ms).sort((a, b) => a - b);
  const found = sorted[sorted.length >> 1];
  if (found === undefined) throw new Error('expected reads, got none');
  return found;
};

const settled = Promise.resolve();

/**
 * Sends at least four times the misses that the api can load, beside hits. The rate follows from the shortest load and the length of the
 * queue is counted, so that a machine that stalls changes neither.
 */
async function flood(api: SystemApi) {
  const [misses, hits] = [missesOf(api), hitsOf(api)];
  await hits.until(settled, 2);
  await Promise.all(Array.from({ length: RUNNING }, () => misses.until(settled, 2))); // opens all connections to the database
  const loadMs = Math.min(...(await misses.until(settled, 3)).map(({ ms }) => ms));
  const capacity = (RUNNING * 1_000) / loadMs;
  const flooded = misses.openLoop(FLOOD.capacities * capacity, FLOOD.capacities * RUNNING * FLOOD.loads);
  const [answers, beside, maxWaiting] = await Promise.all([
    flooded,
    hits.until(flooded, 1),
    maxWaitingOf(api, flooded),
  ]);
  const accepted = answers.filter(({ status }) => status === 200);
  const shed = answers.filter(({ code }) => code === 'ORIGIN_OVERLOADED');
  return { misses, accepted, shed, beside, maxWaiting };
}

/** Returns the largest number of loads that waited for the database until the promise settled. */
async function maxWaitingOf(api: SystemApi, end: Promise<unknown>): Promise<number> {
  let [max, hasEnded] = [0, false];
  const ended = end.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    max = Math.max(max, await metricOf(api, 'pilotlight_cache_origin_calls{origin="default",state="waiting"}'));
    await delay(20);
  }
  await ended;
  return max;
}

/** Returns the sum of the series that begin so. */
async function metricOf(api: SystemApi, series: string): Promise<number> {
  const { statusCode, body } = await request(`${api.url}/metrics`);
  expect(statusCode).toBe(200);
  const lines = (await body.text()).split('\n').filter((line) => line.startsWith(series));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

test('given four times the misses that it can load, an api sheds early, answers hits and recovers', async () => {
  const api = await slowApi();
  const { misses, accepted, shed, beside, maxWaiting } = await flood(api);
  expect(accepted.length).toBeGreaterThan(RUNNING);
  expect(shed.length).toBeGreaterThan((FLOOD.capacities * RUNNING * FLOOD.loads) / 4);
  expect(new Set(shed.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']));
  expect(medianMs(shed)).toBeLessThan(medianMs(accepted));
  expect(maxWaiting).toBeLessThanOrEqual(MAX_WAITING);
  // A process that was suspended for long loads once more.
  expect(new Set(beside.map(({ status }) => status))).toEqual(new Set([200]));
  expect(beside.filter(({ isHit }) => isHit).length).toBeGreaterThan(beside.length / 2);
  const refusals = ['pilotlight_cache_origin_refused_total', 'pilotlight_reads_shed_total'];
  const [atOrigin = 0, before = 0] = await Promise.all(refusals.map((name) => metricOf(api, name)));
  expect(atOrigin + before).toBe(shed.length);
  await expect.poll(async () => (await misses.read()).status).toBe(200);
  expect((await misses.until(settled, 10)).map(({ status }) => status)).toEqual(Array(10).fill(200));
});

test('control: without a limit of the expected wait, loads queue up', async () => {
  const { maxWaiting } = await flood(await slowApi({ READ_MAX_WAIT_MS: '600000' }));
  expect(maxWaiting).toBeGreaterThan(2 * MAX_WAITING);
});
