import { buildKey } from '../../model/key.ts';
import type { ResolvedLearning } from '../../model/learning-options.ts';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { RateRegistry } from '../rate-registry.ts';

/** One reload, and the decision after it. */
export interface Step {
  readonly at: number;
  readonly freshForMs: number;
  readonly changesPerHour: number;
  readonly apartMs: number;
  /** True if the answer had changed since the earlier reload. */
  readonly changed: boolean;
}

/** Reads one key at random instants and reloads it whenever it has expired. Returns the reloads, without a cache. */
export function readSteadily(
  book: RateRegistry,
  learning: ResolvedLearning,
  options: {
    readonly changes: Iterator<number>;
    readonly readEveryMs: number;
    readonly untilMs: number;
    readonly seed: number;
    readonly id?: number;
  },
): Step[] {
  const { changes, readEveryMs, untilMs, seed, id = 0 } = options;
  const key = buildKey({ prefix: 'steady', name: 'n', params: id });
  const learnt = { key, kind: null, learning };
  const random = new SeededRandom(seed);
  const steps: Step[] = [];
  let nextChange = nextOf(changes);
  let loadedAt = 0;
  let { freshForMs } = book.decide(learnt);
  while (loadedAt < untilMs) {
    const waitedMs = -Math.log(1 - random.next()) * readEveryMs;
    const at = loadedAt + freshForMs + waitedMs;
    const changed = nextChange <= at;
    while (nextChange <= at) nextChange = nextOf(changes);
    book.observe(learnt, { apartMs: at - loadedAt, changed, waitedMs });
    const decision = book.decide(learnt);
    freshForMs = decision.freshForMs;
    const { changesPerHour } = decision.estimate;
    steps.push({ at, freshForMs, changesPerHour, apartMs: at - loadedAt, changed });
    loadedAt = at;
  }
  return steps;
}

function nextOf(changes: Iterator<number>): number {
  const next = changes.next();
  return next.done ? Number.POSITIVE_INFINITY : next.value;
}
