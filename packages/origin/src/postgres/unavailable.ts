import { OriginFull, OriginUnavailable } from '../errors.ts';

/** SQLSTATE classes and codes that describe the server's state, not a fault of the statement. */
const STATE_CLASSES = new Set(['08', '28', '3D', '53', '57', '58']);
const STATE_CODES = new Set(['25P03', '25P04', '40001', '40P01', '55P03']);

/** SQLSTATE `disk_full`. */
const DISK_FULL = '53100';

const NETWORK_CODES = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

/** Messages of `pg` errors that have no code. */
const DRIVER_MESSAGES = [
  /^Connection terminated/,
  /^Query read timeout$/,
  /^timeout exceeded when trying to connect$/,
  /^timeout expired$/,
  /^Client (?:was closed|has encountered a connection error)/,
  /^Cannot use a pool after calling end/,
  /^read ECONN/,
];

/** Returns whether the connection must not be used again after an error. */
export function breaksConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return true;
  const code = codeOf(error);
  if (code === undefined) return DRIVER_MESSAGES.some((pattern) => pattern.test(error.message));
  return NETWORK_CODES.has(code) || code.startsWith('08') || /^57P0[1-5]$/.test(code) || /^25P0[34]$/.test(code);
}

/**
 * Converts errors of `pg` that mean the database cannot answer to `OriginUnavailable`, for a full disk to `OriginFull`. Returns any other error
 * unchanged.
 */
export function asOriginError(error: unknown): unknown {
  if (!(error instanceof Error) || !speaksOfState(error)) return error;
  const reason = `the database cannot answer now: ${error.message || error.name}`;
  if (codeOf(error) === DISK_FULL)
    return new OriginFull(`${reason}; free space on the disk of the database`, { cause: error });
  return new OriginUnavailable(`${reason}${remedyFor(error.message)}`, { cause: error });
}

const REMEDIES: readonly [RegExp, string][] = [
  [
    /unsupported startup parameter/,
    'DATABASE_URL leads to PgBouncer: set "ignore_startup_parameters = statement_timeout, idle_in_transaction_session_timeout, options" in pgbouncer.ini',
  ],
  [/password authentication failed|no pg_hba\.conf entry/, 'check the user and password in DATABASE_URL'],
  [/database ".*" does not exist/, 'create it, or correct the name in DATABASE_URL'],
  [/getaddrinfo ENOTFOUND/, 'check the host in DATABASE_URL'],
  [/does not support SSL connections/, 'remove sslmode from DATABASE_URL, or turn on TLS at the server'],
];

/** Returns what the operator must change, for errors that waiting alone does not resolve. */
function remedyFor(message: string): string {
  const remedy = REMEDIES.find(([pattern]) => pattern.test(message))?.[1];
  return remedy === undefined ? '' : `; ${remedy}`;
}

function speaksOfState(error: Error): boolean {
  if (error instanceof AggregateError) return error.errors.some((each) => each instanceof Error && speaksOfState(each));
  const code = codeOf(error);
  if (code === undefined) return DRIVER_MESSAGES.some((pattern) => pattern.test(error.message));
  return NETWORK_CODES.has(code) || STATE_CODES.has(code) || STATE_CLASSES.has(code.slice(0, 2));
}

/** Returns the SQLSTATE or Node's error code of an error. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
