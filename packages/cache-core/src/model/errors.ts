/**
 * Base of all errors of this package: a stable `code`, and a message with the expected input, the actual one and the remedy.
 */
export class CacheError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option, key or parameter is invalid. */
export class InvalidArgument extends CacheError {
  /**
   * @param what names the argument
   * @param expected describes valid arguments
   * @param came the argument; the message shows at most 80 characters of it
   * @param todo the remedy, if it does not follow from `expected`
   */
  constructor(what: string, expected: string, came: unknown, todo = '') {
    super('INVALID_ARGUMENT', `${what}: expected ${expected}, got ${shown(came)}${todo && `; ${todo}`}`);
  }
}

/** A cached handler read a part of the request that its key does not cover: other requests would get its answer. */
export class NotInKey extends CacheError {
  /** @param what the part of the request, e.g. `the header cookie` */
  constructor(what: string) {
    super(
      'NOT_IN_KEY',
      `the cached handler read ${what} of the request: expected only parts that its key covers; list the header in vary, or include the part in the handler's input`,
    );
  }
}

/** A load reads its own key, or a key whose load waits for it: it would wait for itself. */
export class LoadCycle extends CacheError {
  /** @param through the keys between, whose loads wait each for the next, and the last one for `key` */
  constructor(key: string, through: readonly string[] = []) {
    const cycle = [key, ...through, key].join(' → ');
    super(
      'LOAD_CYCLE',
      `loading ${key}: expected it to read only keys whose loads do not wait for it, got the cycle ${cycle}; remove one of these reads`,
    );
  }
}

/** A store behind a port is unreachable, did not answer in time, or answered with an error. Reads continue without it. */
export class Unreachable extends CacheError {
  /** The error that the store answered with; null if it gave no answer. */
  readonly reply: string | null;

  /** @param what names the store, e.g. `the invalidation log` */
  constructor(what: string, { reply = null, why, ...options }: UnreachableOptions = {}) {
    const happened = why ?? (reply === null ? "can't be reached" : `answered with an error: ${reply}`);
    super('UNREACHABLE', `${what} ${happened}`, options);
    this.reply = reply;
  }
}

/** Why a store counts as unreachable. */
export interface UnreachableOptions extends ErrorOptions {
  /** The error that the store answered with, e.g. `OOM command not allowed when used memory > 'maxmemory'.` */
  readonly reply?: string | null;
  /** Replaces "can't be reached" in the message. */
  readonly why?: string;
}

/** The invalidation log did not confirm an invalidation: other processes may still serve the old entries. */
export class InvalidationPending extends CacheError {
  /** @param what e.g. `deleting user:1` */
  constructor(what: string) {
    super(
      'INVALIDATION_PENDING',
      `${what}: expected the invalidation log to confirm it, got no answer; other processes may still serve the old entries, so repeat the call`,
    );
  }
}

/** Returns a `catch` handler that replaces the answer of an unreachable store with `instead` and rethrows any other error. */
export function ifUnreachable<Instead>(instead: Instead): (error: unknown) => Instead {
  return (error) => {
    if (error instanceof Unreachable) return instead;
    throw error;
  };
}

/** A load took longer than its policy allows. Its signal was aborted. */
export class LoadTimedOut extends CacheError {
  constructor(key: string, afterMs: number) {
    super(
      'LOAD_TIMED_OUT',
      `loading ${key}: expected an answer within ${afterMs} ms, got none; raise hardTimeout or make the load faster`,
    );
  }
}

/** The origin is at its limit: too many calls wait for a permit, or a call waited too long for one. */
export class OriginOverloaded extends CacheError {
  readonly retryAfterMs = 1_000;

  /** @param expected the condition that did not hold; a number means fewer than this number of waiting loads */
  constructor(expected: string | number, origin = '') {
    const missing = typeof expected === 'number' ? `fewer than ${expected} loads waiting` : expected;
    super(
      'ORIGIN_OVERLOADED',
      `the origin ${origin && `${origin} `}is busy: expected ${missing}; try again in a second`,
    );
  }
}

/**
 * The circuit breaker of an origin is open after repeated failures, so the origin was not called. `cause` is the latest
 * failure.
 */
export class OriginCircuitOpen extends CacheError {
  readonly retryAfterMs: number;

  constructor(origin: string, retryAfterMs: number, options?: ErrorOptions) {
    super(
      'ORIGIN_UNAVAILABLE',
      `the origin ${origin} was not called: expected a closed circuit breaker, got an open one after repeated failures (see the cause); try again in ${retryAfterMs} ms`,
      options,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** Wraps a value that error messages must not show, because it may hold a password. They show `text` instead. */
export class RedactedValue {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function shown(value: unknown): string {
  if (value instanceof RedactedValue) return value.text;
  if (typeof value === 'function') return `a function${value.name && ` named ${value.name}`}`;
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return String(value);
}
