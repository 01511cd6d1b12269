import { seconds, timeOfDay } from '../../format/format.ts';
import { type TimeScale, timeScale } from './time-scale.ts';
import type { Explanation, TierEntry } from './types.ts';

/** A span of time in which one tier serves its entry in one way. */
export interface Span {
  readonly state: 'fresh' | 'stale' | 'ended';
  readonly from: number;
  readonly to: number;
}

/** A tier, with the life of its entry. */
export interface Lane {
  readonly name: string;
  readonly spans: readonly Span[];
  /** Why it has no entry, or why its entry is not served; null if it is. */
  readonly note: string | null;
}

/** An instant with a name, on the axis. */
export interface Mark {
  readonly kind: 'loaded' | 'fresh' | 'stale' | 'now' | 'hit';
  readonly at: number;
  readonly text: string;
}

export interface Timeline {
  readonly lanes: readonly Lane[];
  /** In order of time. */
  readonly marks: readonly Mark[];
  readonly scale: TimeScale;
}

/** An invalidation that hit the key, with its time if the log still has it. */
export interface TimedHit {
  readonly position: number;
  readonly at: number | null;
}

/** Returns the positions of the invalidations that hit the key's entries, and of the last one that matches it. */
export function positionsOf({
  memory,
  redis,
  last_invalidation: last,
}: Pick<Explanation, 'memory' | 'redis' | 'last_invalidation'>): number[] {
  const hits = [...(memory?.hit_by ?? []), ...(redis?.hit_by ?? []), ...(last === null ? [] : [last])];
  return [...new Set(hits.map(({ position }) => position))];
}

/** An invalidation before the load is on the axis only if it is this near: it was the reason of the load. */
const BEFORE_LOAD_MS = 600_000;

/** Returns the life of a key's entries; null if no tier has one. */
export function timelineOf(
  explanation: Pick<Explanation, 'memory' | 'redis' | 'redis_problem'>,
  hits: readonly TimedHit[],
  now: number,
): Timeline | null {
  const { memory, redis, redis_problem: problem } = explanation;
  const entries = [memory, redis].filter((entry) => entry !== null);
  if (entries.length === 0) return null;
  const since = Math.min(...entries.map(({ loaded_at: loaded }) => Date.parse(loaded))) - BEFORE_LOAD_MS;
  const timed = hits.flatMap(({ position, at }) => (at === null || at < since ? [] : [{ position, at }]));
  const lanes = [laneOf('Memory', memory, 'no entry'), laneOf('Redis', redis, problem ?? 'no entry')];
  const marks = [
    ...entries.flatMap(lifeMarks),
    ...timed.map(({ position, at }) => ({ kind: 'hit' as const, at, text: `invalidation ${position}` })),
    { kind: 'now' as const, at: now, text: `now ${timeOfDay(now)}` },
  ];
  const once = [...new Map(marks.map((mark) => [`${mark.kind} ${Math.round(mark.at / 1_000)}`, mark])).values()];
  const instants = once.map(({ at }) => at);
  return { lanes, marks: once.sort((a, b) => a.at - b.at), scale: timeScale(instants) };
}

function laneOf(name: string, entry: TierEntry | null, missing: string): Lane {
  if (entry === null) return { name, spans: [], note: missing };
  const [loaded, fresh, stale] = instantsOf(entry);
  const hit = entry.state === 'outdated';
  const spans: Span[] = [
    { state: hit ? 'ended' : 'fresh', from: loaded, to: fresh },
    { state: hit ? 'ended' : 'stale', from: fresh, to: stale },
  ];
  return { name, spans: spans.filter(({ from, to }) => to > from), note: entry.servable ? null : entry.why };
}

function lifeMarks(entry: TierEntry): Mark[] {
  const [loaded, fresh, stale] = instantsOf(entry);
  return [
    { kind: 'loaded', at: loaded, text: `loaded ${timeOfDay(loaded)}` },
    { kind: 'fresh', at: fresh, text: `fresh until ${timeOfDay(fresh)}` },
    { kind: 'stale', at: stale, text: `stale until ${timeOfDay(stale)}` },
  ];
}

function instantsOf({ loaded_at: loaded, fresh_until: fresh, stale_until: stale }: TierEntry) {
  return [Date.parse(loaded), Date.parse(fresh), Date.parse(stale)] as const;
}

/** Returns the life of an entry as one sentence, for screen readers. */
export function spokenTimeline({ lanes, marks }: Timeline, now: number): string {
  const times = marks
    .filter(({ kind }) => kind !== 'now')
    .map(({ text, at }) => `${text}, ${at > now ? `in ${seconds(at - now)}` : `${seconds(now - at)} ago`}`);
  const where = lanes.map(({ name, spans, note }) => `${name}: ${note ?? (spans.length > 0 ? 'served' : 'no entry')}`);
  return `${times.join('; ')}. ${where.join('. ')}.`;
}
