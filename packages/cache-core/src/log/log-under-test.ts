import type { SelectorToken } from '../selector.ts';
import type { Append, InvalidationLog } from './port.ts';

/** A log whose server the suite can hurt. */
export interface LogUnderTest {
  /** A log of its own on the server, as two processes see it. */
  open(): Promise<{ one: InvalidationLog; other: InvalidationLog }>;
  flushAll(): Promise<void>;
  /** Ends the server without warning and starts it again on the same data; resolves once logs are reached again. */
  restart(): Promise<void>;
  freeze(): void;
  /** Resolves once logs are reached again. */
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
