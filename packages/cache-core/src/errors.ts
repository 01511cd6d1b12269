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

/** A store behind a port did not answer in time, or is not to be reached. Reads go on without it. */
export class Unreachable extends CacheError {
  constructor(what: string, options?: ErrorOptions) {
    super('UNREACHABLE', `${what} can't be reached`, options);
  }
}

/** A load took longer than its policy allows; it was told so by its signal. */
export class LoadTimedOut extends CacheError {
  constructor(key: string, afterMs: number) {
    super(
      'LOAD_TIMED_OUT',
      `loading ${key}: expected an answer within ${afterMs} ms, got none; raise loadTimeout or make the load faster`,
    );
  }
}

/** More loads are waiting for the origin than its queue holds. */
export class OriginOverloaded extends CacheError {
  readonly retryAfterMs = 1_000;

  constructor(waiting: number) {
    super(
      'ORIGIN_OVERLOADED',
      `the origin is busy: expected fewer than ${waiting} loads waiting; try again in a second`,
    );
  }
}

function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value);
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'an object';
  return String(value);
}
