import { type CacheKey, type Policy, parseKey, type ResolvedPolicy, resolvePolicy } from '@pilotlight/cache-core';
import type { SeededRandom, Weighted } from '@pilotlight/cache-core/testing';
import { drawScope, type SimulatedScope } from './scopes.ts';

export type Operation = 'read' | 'get' | 'batch' | 'warm' | 'write' | 'own' | 'invalidate' | 'expire' | 'burst';

export type Fault =
  | 'freeze'
  | 'slow'
  | 'crash'
  | 'redeploy'
  | 'cut'
  | 'cut-shared'
  | 'flush-log'
  | 'fork-log'
  | 'forget'
  | 'evict'
  | 'flush-shared'
  | 'shared-fails'
  | 'jump-clock'
  | 'lose-part'
  | 'slow-append'
  | 'lapse';

export interface SimulatedKey {
  readonly name: string;
  readonly key: CacheKey;
  /** Its writes store the new value in the cache (`set`) and never invalidate by tag, because a `set` has no tags. */
  readonly isSet: boolean;
  /** What its answers depend on; null if they do not declare it. */
  readonly scope: SimulatedScope | null;
}

/** Parameters of one seed's world. Durations in milliseconds; shares from 0 to 1. */
export interface Plan {
  /** No faults, and messages that take nearly no time. More is promised then. */
  readonly isCalm: boolean;
  readonly processes: number;
  readonly keys: readonly SimulatedKey[];
  readonly runMs: number;
  /** Maximum time between two operations. */
  readonly pauseMs: number;
  /** Maximum lease of a process. */
  readonly leaseMs: number;
  /** Each process that starts gets one of these leases. */
  readonly leasesMs: readonly number[];
  /** Maximum deviation of a process's clock from the world's, as a share of the time. */
  readonly clockDrift: number;
  readonly maxAgeWhenDisconnectedMs: number;
  /** Time limit of a command to the log; in some worlds longer than the interval of renewals. */
  readonly commandTimeoutMs: number;
  readonly waitForFillMs: number;
  readonly policy: ResolvedPolicy;
  readonly policyAsGiven: Policy;
  readonly memoryBytes: number;
  /** Number of selectors that a process's hit index and the log's server hold before they forget. */
  readonly selectorsKept: number;
  readonly scopedKept: number;
  readonly keysKept: number;
  readonly recordsKept: number;
  readonly network: { readonly slowShare: number; readonly slowMs: number; readonly lostShare: number };
  readonly origin: {
    readonly slowShare: number;
    readonly slowMs: number;
    readonly failShare: number;
    readonly hangShare: number;
  };
  readonly operations: Weighted<Operation>;
  readonly faults: Weighted<Fault>;
  /** Share of operations that are replaced by a fault. */
  readonly faultShare: number;
}

/** The prefix of all keys that are written to. */
export const PREFIX = 'p';
/** More than occur in a run. */
export const MANY = 1_000;
const LEASE_MS = 200;

const FAULTS: Weighted<Fault> = [
  ['freeze', 6],
  ['slow', 3],
  ['crash', 2],
  ['redeploy', 1],
  ['cut', 5],
  ['cut-shared', 1],
  ['flush-log', 2],
  ['fork-log', 2],
  ['forget', 2],
  ['evict', 4],
  ['flush-shared', 1],
  ['shared-fails', 2],
  ['jump-clock', 1],
  ['lose-part', 2],
  ['slow-append', 2],
  ['lapse', 2],
];

/**
 * Draws a world. Each seed has its own limits and only some of the faults, so that rare combinations occur as often as
 * common ones (swarm testing, Groce et al., ISSTA 2012).
 *
 * @param ownWrites draws how often a client reads its own write. With a source of its own, the other numbers of a seed do not depend
 *   on that, so a seed without such reads still gives the history that it gave before there were any.
 */
export function drawPlan(random: SeededRandom, ownWrites: SeededRandom = random): Plan {
  const isCalm = random.chance(0.12);
  const isTight = random.chance(0.3);
  const policyAsGiven = drawPolicy(random, isCalm);
  return {
    isCalm,
    processes: random.chance(0.6) ? 3 : 2,
    keys: drawKeys(random),
    runMs: random.between(2, 5) * LEASE_MS,
    pauseMs: random.between(8, 22),
    leaseMs: LEASE_MS,
    leasesMs: random.chance(0.3) ? [LEASE_MS / 2, LEASE_MS / 2, LEASE_MS] : [LEASE_MS],
    clockDrift: isCalm || random.chance(0.6) ? 0 : 0.004,
    maxAgeWhenDisconnectedMs: 2 * LEASE_MS,
    commandTimeoutMs: random.chance(0.3) ? 150 : 60,
    waitForFillMs: 3 * LEASE_MS,
    policy: resolvePolicy(policyAsGiven),
    policyAsGiven,
    memoryBytes: isTight && !isCalm ? 2_500 : 1_000_000,
    selectorsKept: isTight ? random.between(1, 3) : MANY,
    scopedKept: isTight ? random.between(1, 2) : MANY,
    keysKept: isTight ? random.between(1, 2) : MANY,
    recordsKept: random.chance(0.3) ? random.between(1, 3) : MANY,
    ...drawSlowness(random, isCalm),
    operations: drawOperations(random, isCalm, !isCalm && ownWrites.chance(0.2) ? 25 : 0),
    faults: FAULTS.filter(() => random.chance(0.6)),
    faultShare: isCalm ? 0 : random.oneOf([0.03, 0.06, 0.1]),
  };
}

function drawPolicy(random: SeededRandom, isCalm: boolean): Policy {
  const staleFor = random.oneOf([
    0,
    2_000,
    { whileRevalidate: 300, ifError: 1_000 },
    { whileRevalidate: 0, ifError: 1_000 },
  ]);
  return {
    freshFor: random.chance(0.5) ? random.between(40, 400) : 5_000,
    staleFor,
    jitter: isCalm ? 0 : 0.5,
    earlyRefresh: isCalm ? 0 : 1,
    hardTimeout: 300,
    ...(random.chance(0.3) && { softTimeout: 15 }),
  };
}

function drawSlowness(random: SeededRandom, isCalm: boolean): Pick<Plan, 'network' | 'origin'> {
  return {
    network: isCalm
      ? { slowShare: 0, slowMs: 0, lostShare: 0 }
      : {
          slowShare: random.oneOf([0.01, 0.04, 0.15]),
          slowMs: random.between(10, 55),
          lostShare: random.oneOf([0, 0.005, 0.02]),
        },
    origin: {
      slowShare: random.chance(0.5) ? 0.3 : 0.05,
      slowMs: random.between(20, 120),
      failShare: isCalm ? 0 : random.oneOf([0.02, 0.02, 0.2]),
      hangShare: isCalm ? 0 : 0.005,
    },
  };
}

function drawKeys(random: SeededRandom): SimulatedKey[] {
  const names = ['a', 'b', 'c'].slice(0, random.between(1, 3));
  const areScoped = random.chance(0.4);
  return names.map((name) => ({
    name,
    key: keyNamed(name),
    isSet: random.chance(0.25),
    scope: areScoped ? drawScope(random) : null,
  }));
}

export function keyNamed(name: string): CacheKey {
  return parseKey(`${PREFIX}:${name}:key`);
}

export function nameOf(key: string): string {
  return key.split(':')[1] ?? key;
}

/** Returns a key that is never written to. */
export function coldKey(name: string): CacheKey {
  return parseKey(`cold:${name}:key`);
}

function drawOperations(random: SeededRandom, isCalm: boolean, own: number): Weighted<Operation> {
  const writes = random.oneOf([6, 12, 20]);
  return [
    ['read', 60],
    ['get', 4],
    ['batch', random.oneOf([0, 4, 10])],
    ['warm', random.oneOf([0, 4, 12])],
    ['write', writes],
    ['own', own],
    ['invalidate', random.oneOf([0, 3])],
    ['expire', isCalm ? 0 : random.oneOf([0, 3])],
    ['burst', 3],
  ];
}
