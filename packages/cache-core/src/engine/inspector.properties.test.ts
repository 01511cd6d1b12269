import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Answer } from '../model/answer.ts';
import { buildKey } from '../model/key.ts';
import { resolvePolicy } from '../model/policy.ts';
import type { InvalidationMode, Selector } from '../model/selector.ts';
import { type ManualClock, type SimulatedProcess, SimulatedWorld } from '../testing/index.ts';
import type { Inspection } from './inspector.ts';
import type { Load } from './load.ts';

const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
const POLICY = resolvePolicy({
  freshFor: '2s',
  staleFor: { whileRevalidate: '1s', ifError: '3s' },
  jitter: 0,
  earlyRefresh: 0,
  hardTimeout: '10m',
});

type Step =
  | { readonly do: 'read'; readonly by: 0 | 1; readonly load: 'plain' | 'dependent' | 'unstored' | 'failing' | 'slow' }
  | { readonly do: 'let slow loads end' }
  | { readonly do: 'invalidate'; readonly by: 0 | 1; readonly selector: Selector; readonly mode: InvalidationMode }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'step the wall clock'; readonly ms: number }
  | { readonly do: 'cut off' | 'mend'; readonly which: 0 | 1 }
  | { readonly do: 'switch'; readonly which: 0 | 1; readonly tier: 'memory' | 'redis'; readonly on: boolean }
  | { readonly do: 'shared tier fails' | 'shared tier recovers' | 'shared tier evicts' | 'bytes are damaged' }
  | { readonly do: 'log is flushed' };

const who = fc.constantFrom(0, 1);
const selector = fc.constantFrom<Selector>(
  { key: KEY },
  { tag: 'film:1' },
  { tag: 'film:2' },
  { prefix: 'stats' },
  { prefix: 'stats', scope: { time: { from: 150, to: 160 } } },
  { prefix: 'stats', scope: { time: { from: 200, to: 300 } } },
  { all: true },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('read'),
      by: who,
      load: fc.constantFrom('plain', 'dependent', 'dependent', 'unstored', 'failing', 'failing', 'slow'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'let slow loads end' }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('invalidate'),
      by: who,
      selector,
      mode: fc.constantFrom('invalidate', 'expire'),
    }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('wait'), ms: fc.constantFrom(200, 500, 1_000, 2_000, 2_500) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('step the wall clock'), ms: fc.constantFrom(-3_000, 1_500) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('cut off', 'mend'), which: who }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('switch'),
      which: who,
      tier: fc.constantFrom('memory', 'redis'),
      on: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('shared tier fails', 'shared tier recovers', 'shared tier evicts', 'bytes are damaged'),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'log is flushed' }) },
);

/** Two processes that live through a history; loads that are slow end when they are let. */
class Lives {
  readonly world = new SimulatedWorld();
  readonly #processes: SimulatedProcess[] = [];
  #slow: (() => void)[] = [];
  #isHurrying = false;

  async begin(): Promise<void> {
    this.#processes.push(await this.world.process(), await this.world.process());
  }

  process(which: 0 | 1): SimulatedProcess {
    const process = this.#processes[which];
    if (!process) throw new Error('expected two processes that have begun');
    return process;
  }

  async do(step: Step): Promise<void> {
    const { world } = this;
    if (step.do === 'read') void this.read(step.by, this.#load(step.load)).catch(() => undefined);
    else if (step.do === 'let slow loads end') this.letSlowLoadsEnd();
    else if (step.do === 'invalidate')
      await world.clock.through(this.process(step.by).cache.invalidate(step.selector, { mode: step.mode }));
    else if (step.do === 'wait') await world.clock.advance(step.ms);
    else if (step.do === 'step the wall clock') world.clock.stepWall(step.ms);
    else if (step.do === 'cut off' || step.do === 'mend') {
      const { durable, locks } = this.process(step.which);
      for (const link of [durable, locks]) step.do === 'mend' ? link.mend() : link.cut();
    } else if (step.do === 'switch') this.process(step.which).cache.switchTier(step.tier, step.on);
    else if (step.do === 'shared tier fails') world.shared.fail('reject');
    else if (step.do === 'shared tier recovers') world.shared.recover();
    else if (step.do === 'shared tier evicts') world.shared.evict(KEY);
    else if (step.do === 'bytes are damaged') world.shared.write(KEY, Buffer.from('PLdamaged'), 60_000);
    else world.log.flushAll();
    await world.clock.settle();
  }

  read(by: 0 | 1, load: Load): Promise<Answer> {
    return this.process(by).cache.internal.reader.read(KEY, load, POLICY, null);
  }

  letSlowLoadsEnd(): void {
    for (const end of this.#slow.splice(0)) end();
  }

  /** Loads that begin from here on are not slow. */
  hurry(): void {
    this.#isHurrying = true;
    this.letSlowLoadsEnd();
  }

  async end(): Promise<void> {
    this.hurry();
    await this.world.close();
  }

  #load(kind: 'plain' | 'dependent' | 'unstored' | 'failing' | 'slow'): Load {
    return async (context) => {
      if (kind === 'failing') throw new Error('no');
      if (kind === 'unstored') context.skipStore();
      if (kind === 'slow' && !this.#isHurrying) await new Promise<void>((resolve) => this.#slow.push(resolve));
      if (kind !== 'plain') {
        context.tag('film:1');
        context.scope({ time: { from: 100, to: 200 } });
      }
      return kind;
    };
  }
}

const reported = ({ outcome, tier, reason, verified }: Inspection['next'] | Answer['outcome']) => ({
  outcome,
  tier,
  reason,
  verified,
});

function check({ next }: Inspection, read: PromiseSettledResult<Answer>): void {
  if (read.status === 'rejected') {
    // The load of the read itself never fails here; one that it joins may.
    expect(['this process', null]).toContain(next.waitsFor ?? next.outcome);
    return;
  }
  const { outcome } = read.value;
  if (next.outcome === null || (next.waitsFor === 'this process' && outcome.reason === 'load-failed')) return;
  if (next.waitsFor === null) {
    expect({ ...reported(outcome), collapsed: outcome.collapsed }).toEqual({ ...reported(next), collapsed: false });
    return;
  }
  const isCollapsed = next.waitsFor === 'this process';
  const ends = { verified: next.verified };
  expect([
    { outcome: 'miss', tier: null, ...ends },
    { outcome: 'hit', tier: 'redis', ...ends },
  ]).toContainEqual({ outcome: outcome.outcome, tier: outcome.tier, verified: outcome.verified });
  // Who gets nothing from the load that it waited for loads for itself.
  if (outcome.collapsed) expect(isCollapsed).toBe(true);
}

async function expectWaiting(reading: Promise<unknown>, clock: ManualClock): Promise<void> {
  let isOver = false;
  void reading.then(() => {
    isOver = true;
  });
  await clock.settle();
  expect(isOver).toBe(false);
}

async function live(history: readonly Step[], by: 0 | 1): Promise<Inspection> {
  const lives = new Lives();
  await lives.begin();
  try {
    await lives.do({ do: 'read', by: 0, load: 'dependent' });
    for (const step of history) await lives.do(step);
    const { clock } = lives.world;
    const inspection = await clock.through(lives.process(by).cache.inspect(KEY));
    const reading = lives.read(by, () => 'next');
    const settled = Promise.allSettled([reading]);
    if (inspection.next.waitsFor !== null) await expectWaiting(settled, clock);
    // A read that does not wait for another ends while all slow loads continue.
    if (inspection.next.waitsFor !== null || inspection.next.outcome === null) lives.hurry();
    const [read] = await clock.through(settled);
    check(inspection, read);
    return inspection;
  } finally {
    await lives.end();
  }
}

const state = ({ next, log }: Inspection) =>
  `${log.state}: ${[next.outcome, next.tier, next.reason, next.waitsFor].filter((part) => part !== null).join(', ')}`;

test('after any history, the next read has the outcome that inspect printed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), who, async (history, by) => {
      await live(history, by);
    }),
    { numRuns: 300 },
  );
}, 120_000);

const wait = (ms: number): Step => ({ do: 'wait', ms });
const readBy = (by: 0 | 1, load: (Step & { do: 'read' })['load']): Step => ({ do: 'read', by, load });
const hit = (selector: Selector, mode: InvalidationMode = 'invalidate'): Step => ({
  do: 'invalidate',
  by: 0,
  selector,
  mode,
});
const TAG = { tag: 'film:1' };
const histories: [expected: string, by: 0 | 1, history: Step[]][] = [
  ['current: hit, memory', 0, []],
  ['current: hit, redis', 1, []],
  ['current: hit, redis', 0, [{ do: 'switch', which: 0, tier: 'memory', on: false }]],
  ['current: stale, memory, revalidating', 0, [{ do: 'switch', which: 0, tier: 'redis', on: false }, wait(2_000)]],
  ['current: stale, redis, revalidating', 1, [wait(2_000)]],
  ['current: stale, redis, revalidating', 1, [hit(TAG, 'expire')]],
  ['current: stale, redis, backing-off', 0, [wait(2_000), readBy(0, 'failing'), wait(200)]],
  ['current: miss, expired', 0, [wait(3_000)]],
  ['current: miss, expired', 0, [wait(5_000)]],
  ['current: miss, expired', 0, [wait(4_500), readBy(0, 'failing'), wait(500)]],
  ['current: miss, outdated', 0, [hit(TAG)]],
  ['current: miss, outdated', 1, [hit({ prefix: 'stats', scope: { time: { from: 150, to: 160 } } })]],
  ['current: miss, outdated', 0, [{ do: 'log is flushed' }, wait(1_000)]],
  ['current: miss, absent', 1, [{ do: 'shared tier evicts' }]],
  ['current: miss, absent', 1, [{ do: 'bytes are damaged' }]],
  ['current: miss, absent', 1, [{ do: 'shared tier fails' }]],
  ['current: hit, memory', 0, [{ do: 'shared tier fails' }]],
  ['current: miss, outdated, this process', 0, [hit(TAG), readBy(0, 'slow')]],
  ['current: miss, expired, this process', 0, [wait(3_000), readBy(0, 'slow')]],
  ['current: stale, memory, revalidating', 0, [wait(2_000), readBy(0, 'slow')]],
  ['current: hit, redis, another process', 1, [hit(TAG), readBy(0, 'slow')]],
  ['current: hit, redis, another process', 1, [wait(3_000), readBy(0, 'slow')]],
  ['current: miss, outdated', 1, [hit(TAG), readBy(0, 'slow'), hit({ key: KEY })]],
  ['disconnected: hit, memory', 0, [readBy(0, 'plain'), { do: 'cut off', which: 0 }, wait(1_500)]],
  ['disconnected: miss, outdated', 0, [{ do: 'cut off', which: 0 }, wait(2_500)]],
  ['disconnected: miss, absent', 1, [{ do: 'cut off', which: 1 }, wait(2_500)]],
  ['disconnected: miss, absent, this process', 1, [{ do: 'cut off', which: 1 }, wait(2_500), readBy(1, 'slow')]],
  ['current: miss, absent', 1, [{ do: 'switch', which: 1, tier: 'redis', on: false }, hit(TAG), readBy(0, 'slow')]],
  ['current: miss, absent', 1, [hit(TAG), readBy(0, 'slow'), { do: 'shared tier fails' }]],
  ['disconnected: miss, absent', 1, [{ do: 'cut off', which: 1 }, wait(2_500), readBy(1, 'slow'), wait(2_500)]],
  ['leaseExpired: ', 0, [{ do: 'step the wall clock', ms: 1_500 }]],
];

test.each(histories)('%s: the next read has the printed outcome', async (expected, by, history) => {
  expect(state(await live(history, by))).toBe(expected);
});
