import fc from 'fast-check';
import { history } from '../../log/testing/hit-oracle.ts';
import { type SelectorToken, toToken } from '../../model/selector.ts';
import { type InvalidationLog, LOG_PARTS, type LogPart } from '../../ports/invalidation-log.ts';

/**
 * Which epoch a command names. The epochs of two logs have different numbers and correspond by the order of their first
 * appearance.
 */
type EpochNamed = 'none' | 'present' | 'earlier' | 'ahead';

/** One step of a random history of a log's server. */
export type LogStep =
  | {
      readonly do: 'append';
      readonly eventId: string | null;
      readonly selectors: readonly SelectorToken[];
      readonly mode: 'invalidate' | 'expire';
      readonly epoch: EpochNamed;
    }
  | {
      readonly do: 'renew';
      readonly id: string;
      readonly epoch: EpochNamed;
      readonly behind: number;
      readonly leaseMs: number;
    }
  | { readonly do: 'publishApplied'; readonly id: string; readonly epoch: EpochNamed; readonly behind: number }
  | { readonly do: 'drop'; readonly id: string; readonly epoch: EpochNamed; readonly renewals: number }
  | { readonly do: 'leave'; readonly id: string; readonly epoch: EpochNamed }
  | { readonly do: 'snapshot' | 'register'; readonly epoch: EpochNamed }
  | { readonly do: 'readAfter'; readonly epoch: EpochNamed; readonly behind: number }
  | { readonly do: 'lose'; readonly part: LogPart | 'everything' };

/** A log whose server can lose keys. */
export interface LosingLog {
  readonly log: InvalidationLog;
  lose(part: LogPart): Promise<void>;
  /** Loses everything, including the ids of events. */
  loseEverything(): Promise<void>;
}

const epoch = fc.oneof(
  { weight: 40, arbitrary: fc.constant<EpochNamed>('present') },
  { weight: 4, arbitrary: fc.constantFrom<EpochNamed>('none', 'earlier') },
  { weight: 1, arbitrary: fc.constant<EpochNamed>('ahead') },
);
const id = fc.constantFrom('f', 'g');
/** The number of positions before the last one that was returned; rarely one after it, as of a log that lost records. */
const behind = fc.oneof(
  { weight: 40, arbitrary: fc.integer({ min: 0, max: 4 }) },
  { weight: 1, arbitrary: fc.constant(-1) },
);
const eventId = fc.option(fc.constantFrom('e1', 'e2', 'e3'), { freq: 1 });
/** As a later version may write, or a damaged one. */
const unreadable = fc.constantFrom(
  's:',
  's:[1,2]',
  's:["a"]',
  's:not json',
  'x:unknown',
) as fc.Arbitrary<SelectorToken>;
const append = history.chain(([first]) =>
  fc.record({
    do: fc.constant('append' as const),
    eventId,
    mode: fc.constant(first?.mode ?? 'invalidate'),
    selectors: fc
      .tuple(fc.constant((first?.selectors ?? [{ tag: 's' }]).map(toToken)), fc.option(unreadable, { freq: 12 }))
      .map(([tokens, odd]) => (odd === null ? tokens : [...tokens, odd])),
    epoch,
  }),
);
const named = <Name extends string>(name: Name) => fc.constant(name);
const step: fc.Arbitrary<LogStep> = fc.oneof(
  { weight: 24, arbitrary: append },
  { weight: 10, arbitrary: fc.record({ do: named('renew'), id, epoch, behind, leaseMs: fc.constantFrom(200, 1_000) }) },
  { weight: 4, arbitrary: fc.record({ do: named('publishApplied'), id, epoch, behind }) },
  { weight: 2, arbitrary: fc.record({ do: named('drop'), id, epoch, renewals: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: named('leave'), id, epoch }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('snapshot' as const, 'register' as const), epoch }) },
  { weight: 3, arbitrary: fc.record({ do: named('readAfter'), epoch, behind }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: named('lose'), part: fc.constantFrom(...LOG_PARTS, 'everything' as const) }),
  },
);
export const logHistory = fc.array(step, { minLength: 1, maxLength: 40 });

/** Further ahead of the clock than a history lasts. */
const AHEAD = 2 ** 40;

/** Plays a history against one log. Its answers name epochs by the order of their first appearance. */
export class LogPlayer {
  readonly #log: LosingLog;
  readonly #epochs: number[] = [];
  #present = 0;
  #head = 0;

  constructor(log: LosingLog) {
    this.#log = log;
  }

  async play(step: LogStep): Promise<unknown> {
    if (step.do === 'lose') {
      await (step.part === 'everything' ? this.#log.loseEverything() : this.#log.lose(step.part));
      return null;
    }
    return this.#asComparable(await this.#ask(step, this.#number(step.epoch)));
  }

  /** Returns everything that the log contains after a history. */
  async state(): Promise<unknown> {
    const { log } = this.#log;
    const snapshot = await log.snapshot(0);
    const records = await log.readAfter(snapshot.epoch, 0);
    return this.#asComparable({ ...snapshot, records, followers: await log.register(snapshot.epoch) });
  }

  #ask(step: Exclude<LogStep, { do: 'lose' }>, epoch: number): Promise<unknown> {
    const { log } = this.#log;
    switch (step.do) {
      case 'append':
        return log.append({ ...step, knownEpoch: epoch });
      case 'renew':
        return log.renew({ ...step, epoch, applied: this.#position(step.behind) });
      case 'publishApplied':
        return log.publishApplied({ ...step, epoch, applied: this.#position(step.behind) });
      case 'drop':
        return log.drop(step.id, epoch, step.renewals);
      case 'leave':
        return log.leave(step.id, epoch);
      case 'snapshot':
        return log.snapshot(epoch);
      case 'register':
        return log.register(epoch);
      case 'readAfter':
        return log.readAfter(epoch, this.#position(step.behind));
      default:
        return step satisfies never;
    }
  }

  #position(behind: number): number {
    return Math.max(0, this.#head - behind);
  }

  #number(named: EpochNamed): number {
    if (named === 'none') return 0;
    if (named === 'ahead') return this.#present + AHEAD;
    return named === 'earlier' ? (this.#epochs.at(-2) ?? 0) : this.#present;
  }

  /** Makes an answer comparable: epochs by their order, and unordered lists sorted. */
  #asComparable(answer: unknown): unknown {
    if (Array.isArray(answer)) return answer.map((one) => this.#asComparable(one));
    if (answer instanceof Map) return [...answer].map(([id, follower]) => [id, this.#follower(follower)]).sort();
    if (typeof answer !== 'object' || answer === null) return answer;
    const compared: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === 'number' && (name === 'head' || name === 'position')) this.#head = value;
      if (name === 'epoch' && typeof value === 'number') compared[name] = this.#order(value);
      else if (name === 'lastHits' && Array.isArray(value))
        compared[name] = value.map((hit) => JSON.stringify(hit)).sort();
      else compared[name] = this.#asComparable(value);
    }
    return compared;
  }

  #follower({ renewals, applied, leaseMs }: Record<string, unknown>): unknown {
    return { renewals, applied, leaseMs };
  }

  #order(epoch: number): number {
    if (!this.#epochs.includes(epoch)) this.#epochs.push(epoch);
    this.#present = epoch;
    return this.#epochs.indexOf(epoch);
  }
}
