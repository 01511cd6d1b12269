/** Every error of this package: a stable `code`, and a message that says what was expected, what came, what to do. */
export class CacheError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** An option, key or parameter that can't be used. */
export class InvalidArgument extends CacheError {
  constructor(what: string, expected: string, came: unknown, todo = '') {
    super('INVALID_ARGUMENT', `${what}: expected ${expected}, got ${shown(came)}${todo && `; ${todo}`}`);
  }
}

/** A cached handler read something of the request that its key does not cover: other requests would get its answer. */
export class NotInKey extends CacheError {
  constructor(what: string) {
    super(
      'NOT_IN_KEY',
      `the cached handler read ${what} of the request: expected only what its key covers; name a header in vary, or make the handler's input from it`,
    );
  }
}

/** A load asked for its own key, or for one whose load waits for it: it would wait for itself. */
export class LoadCycle extends CacheError {
  /** @param through the keys in between whose loads wait, each for the next, and the last one for `key` */
  constructor(key: string, through: readonly string[] = []) {
    const cycle = [key, ...through, key].join(' → ');
    super('LOAD_CYCLE', `loading ${key}: expected it to read keys whose loads do not wait for it, got ${cycle}`);
  }
}

/** A store behind a port did not answer in time, can't be reached, or answered with an error. Reads continue without it. */
export class Unreachable extends CacheError {
  /** The error that the store answered with; null if it gave no answer. */
  readonly reply: string | null;

  constructor(what: string, { reply = null, why, ...options }: UnreachableOptions = {}) {
    const happened = why ?? (reply === null ? "can't be reached" : `answered with an error: ${reply}`);
    super('UNREACHABLE', `${what} ${happened}`, options);
    this.reply = reply;
  }
}

/** Why a store counts as unreachable. */
export interface UnreachableOptions extends ErrorOptions {
  /** What the store answered, when that is an error, e.g. `OOM command not allowed when used memory > 'maxmemory'.` */
  readonly reply?: string | null;
  /** What is said of it in place of "can't be reached". */
  readonly why?: string;
}

/** An invalidation could not be announced, because the log gave no answer: other processes may serve what was there. */
export class InvalidationPending extends CacheError {
  /** @param what e.g. `deleting user:1` */
  constructor(what: string) {
    super(
      'INVALIDATION_PENDING',
      `${what}: expected the invalidation log to confirm it, got no answer; other processes may serve what was there, so do it again`,
    );
  }
}

/** For a `catch`: what takes the place of the answer of a store that can't be reached. Any other error is none of that, and goes on. */
export function ifUnreachable<Instead>(instead: Instead): (error: unknown) => Instead {
  return (error) => {
    if (error instanceof Unreachable) return instead;
    throw error;
  };
}

/** A load took longer than its policy allows; it was told so by its signal. */
export class LoadTimedOut extends CacheError {
  constructor(key: string, afterMs: number) {
    super(
      'LOAD_TIMED_OUT',
      `loading ${key}: expected an answer within ${afterMs} ms, got none; raise hardTimeout or make the load faster`,
    );
  }
}

/** The origin has all the work it may be given: too many wait for their turn, or one has waited too long. */
export class OriginOverloaded extends CacheError {
  readonly retryAfterMs = 1_000;

  /** @param expected what was missing, or how many loads may wait, all of which do */
  constructor(expected: string | number, origin = '') {
    const missing = typeof expected === 'number' ? `fewer than ${expected} loads waiting` : expected;
    super(
      'ORIGIN_OVERLOADED',
      `the origin ${origin && `${origin} `}is busy: expected ${missing}; try again in a second`,
    );
  }
}

/** The origin failed so often in a row that it is left alone for a while; `cause` is the latest failure. */
export class OriginUnavailable extends CacheError {
  readonly retryAfterMs: number;

  constructor(origin: string, retryAfterMs: number, options?: ErrorOptions) {
    super(
      'ORIGIN_UNAVAILABLE',
      `the origin ${origin} failed too often in a row and is left alone: nothing was asked; see the cause for why, try again in ${retryAfterMs} ms`,
      options,
    );
    this.retryAfterMs = retryAfterMs;
  }
}

/** A value that errors do not show, because it may hold a password. */
export class Undisclosed {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function shown(value: unknown): string {
  if (value instanceof Undisclosed) return value.text;
  if (typeof value === 'function') return `a function${value.name && ` named ${value.name}`}`;
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return String(value);
}
