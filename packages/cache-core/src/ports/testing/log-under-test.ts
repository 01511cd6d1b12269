import type { InvalidationTargets } from '../../model/invalidation-targets.ts';
import { meets } from '../../model/scope.ts';
import { type InvalidationMode, type SelectorToken, scopeOfToken } from '../../model/selector.ts';
import type { Append, InvalidationLog, LogPart, Snapshot } from '../invalidation-log.ts';

/** A log whose server a suite can fail. */
export interface LogUnderTest {
  /** Opens a separate log on the server, as two processes see it. */
  open(): Promise<{ one: InvalidationLog; other: InvalidationLog }>;
  flushAll(): Promise<void>;
  /** Loses one key of the log that was opened last, as an eviction does. */
  lose(part: LogPart): Promise<void>;
  /** Kills the server and starts it again on the same data; resolves once logs are reachable again. */
  restart(): Promise<void>;
  freeze(): void;
  /** Resolves once logs are reachable again. */
  thaw(): Promise<void>;
  /** Lets time pass until the promise has settled. */
  through<Result>(promise: Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const token = (text: string) => text as SelectorToken;
let events = 0;

export function record(selectors: readonly string[], more: Partial<Append> = {}): Append {
  return {
    eventId: `event-${++events}`,
    mode: 'invalidate',
    selectors: selectors.map(token),
    knownEpoch: 0,
    ...more,
  };
}

/** Returns the last hit that a snapshot contains, by looking at all of it. */
export function lastHitIn(
  snapshot: Snapshot,
  mode: InvalidationMode,
  { tokens, prefixes, scope }: InvalidationTargets,
): number {
  const hits = snapshot.lastHits.filter((hit) => {
    if (hit.mode !== mode) return false;
    const narrowed = scopeOfToken(hit.selector);
    return narrowed
      ? prefixes.includes(narrowed.prefix) && meets(scope, narrowed.scope)
      : tokens.includes(hit.selector);
  });
  return Math.max(snapshot.floor, ...hits.map(({ position }) => position));
}
