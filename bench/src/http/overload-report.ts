import { type Row, rowOfRounds } from '../row.ts';
import { INTERVAL_MS, type StreamSummary } from './load/stream-record.ts';

/** The streams of one round. */
export interface OverloadRound {
  readonly unloaded: StreamSummary;
  readonly flooded: StreamSummary;
  /** A light load that begins when the flood ends. */
  readonly after: StreamSummary;
  /** Hits without and beside a flood of misses. */
  readonly alone: StreamSummary;
  readonly mixed: StreamSummary;
}

/** Latencies under overload may be this many times those without. */
const SLOWER = 10;
const RECOVERY_GOAL_SECONDS = 5;
/** The share of requests beyond a capacity, sent at four times that capacity: at least most of it is to be shed early. */
const SHED_GOAL = 0.5;
/** An interval is as before if its p99 is at most this many times the unloaded one. */
const AS_BEFORE = 3;

export function overloadRows(rounds: readonly OverloadRound[]): Row[] {
  return [...missRows(rounds), ...hitRows(rounds)];
}

function missRows(rounds: readonly OverloadRound[]): Row[] {
  const of = (pick: (round: OverloadRound) => number) => rounds.map(pick);
  return [
    rowOfRounds({
      id: 'overload: share shed with 503',
      unit: 'share',
      ours: of(({ flooded }) => flooded.shed / (flooded.sent + flooded.unsent)),
      against: 'the requests sent at 4 × capacity',
      theirs: 1,
      goal: SHED_GOAL,
    }),
    rowOfRounds(
      {
        id: 'overload: p99 of the accepted misses',
        unit: 'ms',
        ours: of(({ flooded }) => p99Of(flooded)),
        against: 'p99 at 0.2 × capacity',
        theirs: of(({ unloaded }) => p99Of(unloaded)),
        goal: 1 / SLOWER,
      },
      'lower',
    ),
    rowOfRounds({
      id: 'overload: answered at all',
      unit: 'share',
      ours: of(({ flooded }) => (flooded.accepted + flooded.shed) / (flooded.sent + flooded.unsent)),
      against: 'every request',
      theirs: 1,
      goal: 1,
    }),
    rowOfRounds(
      {
        id: 'overload: recovery',
        unit: 's',
        ours: of(({ after, unloaded }) => recoverySeconds(after, unloaded)),
        against: 'the limit',
        theirs: RECOVERY_GOAL_SECONDS,
        goal: 1,
      },
      'lower',
    ),
  ];
}

function hitRows(rounds: readonly OverloadRound[]): Row[] {
  const of = (pick: (round: OverloadRound) => number) => rounds.map(pick);
  return [
    rowOfRounds(
      {
        id: 'hits beside a flood of misses: p99',
        unit: 'ms',
        ours: of(({ mixed }) => p99Of(mixed)),
        against: 'the same hits alone',
        theirs: of(({ alone }) => p99Of(alone)),
        goal: 1 / SLOWER,
      },
      'lower',
    ),
    rowOfRounds({
      id: 'hits beside a flood of misses: answered with 200',
      unit: 'share',
      ours: of(({ mixed }) => mixed.accepted / (mixed.sent + mixed.unsent)),
      against: 'every request',
      theirs: 1,
      goal: 1,
    }),
  ];
}

/**
 * Returns the seconds after which nothing is shed and each later interval is about as fast as without load. One interval is the
 * least that can be seen. Returns the whole span, which is longer than the goal, if the last interval is not so.
 */
export function recoverySeconds(after: StreamSummary, unloaded: StreamSummary): number {
  const limitMs = p99Of(unloaded) * AS_BEFORE;
  const lastSlow = after.intervals.findLastIndex(({ shed, acceptedMs }) => shed > 0 || (acceptedMs.p99 ?? 0) > limitMs);
  return ((lastSlow + 2) * INTERVAL_MS) / 1_000;
}

function p99Of({ acceptedMs, sent }: StreamSummary): number {
  if (acceptedMs.p99 === null) throw new Error(`expected accepted requests among ${sent}, got none`);
  return acceptedMs.p99;
}
