import { ROLES, type Role, type Token } from './token.ts';

/** `TOKENS_FILE` has a line that cannot be parsed, or no token. */
export class BadTokensFile extends Error {
  readonly code = 'BAD_TOKENS_FILE';

  constructor(detail: string) {
    super(detail);
    this.name = 'BadTokensFile';
  }
}

export const TOKEN_NAME = /^[a-z\d][\w.-]{0,63}$/i;
const DIGEST = /^sha256:([\da-f]{64})$/;
const ISO = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?Z)?$/;
const MAX_TOKENS = 10_000;
const MAX_NUMBER = 1_000_000_000;

/**
 * Parses the content of `TOKENS_FILE`: one token per line, `name role sha256:<64 hex digits>`, then the options `expires=<date>`,
 * `rate=<requests per minute>` and `uploads=<concurrent uploads>`. Empty lines and lines that begin with `#` are comments.
 *
 * @throws BadTokensFile with the number of the line and the reason; its message contains no part of a token
 */
export function parseTokens(text: string): Token[] {
  const tokens: Token[] = [];
  const lineOf = new Map<string, number>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const number = index + 1;
    const token = parseLine(line, (expected) => new BadTokensFile(`line ${number}: expected ${expected}`));
    const digest = token.digest.toString('hex');
    const other = lineOf.get(digest);
    if (other !== undefined) throw new BadTokensFile(`line ${number}: expected another token than on line ${other}`);
    lineOf.set(digest, number);
    tokens.push(token);
    if (tokens.length > MAX_TOKENS) throw new BadTokensFile(`line ${number}: expected at most ${MAX_TOKENS} tokens`);
  }
  if (tokens.length === 0) throw new BadTokensFile('expected at least one token, got none');
  return tokens;
}

type Fail = (expected: string) => BadTokensFile;

function parseLine(line: string, fail: Fail): Token {
  const [name = '', role = '', hash = '', ...options] = line.split(/\s+/);
  if (!TOKEN_NAME.test(name)) {
    throw fail(
      'a name of 1 to 64 letters, digits, "_", "." and "-", then a role and "sha256:" with the digest of a token',
    );
  }
  if (!isRole(role)) throw fail(`one of the roles ${ROLES.join(', ')} after the name ${JSON.stringify(name)}`);
  const digest = DIGEST.exec(hash)?.[1];
  if (digest === undefined) {
    // The text may be a token in plain.
    throw fail(`"sha256:" and 64 hex digits in lower case, got ${hash.length} characters of another form`);
  }
  return { name, role, digest: Buffer.from(digest, 'hex'), ...optionsOf(options, fail) };
}

type Options = Pick<Token, 'expiresAt' | 'ratePerMinute' | 'uploadsAtATime'>;

function optionsOf(options: readonly string[], fail: Fail): Options {
  const given = new Map<string, string>();
  for (const option of options) {
    const [, key, value] = /^(expires|rate|uploads)=(\S+)$/.exec(option) ?? [];
    if (key === undefined || value === undefined) {
      throw fail(`only "expires=<date>", "rate=<number>" and "uploads=<number>" after the digest`);
    }
    if (given.has(key)) throw fail(`one "${key}=", got several`);
    given.set(key, value);
  }
  return {
    expiresAt: instantOf(given.get('expires'), fail),
    ratePerMinute: countOf('rate', given.get('rate'), fail),
    uploadsAtATime: countOf('uploads', given.get('uploads'), fail),
  };
}

function instantOf(value: string | undefined, fail: Fail): number | null {
  if (value === undefined) return null;
  const instant = ISO.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw fail(`"expires=" with a date such as 2027-01-31 or 2027-01-31T12:00:00Z, got ${JSON.stringify(value)}`);
  }
  return instant;
}

function countOf(key: string, value: string | undefined, fail: Fail): number | null {
  if (value === undefined) return null;
  const count = /^\d+$/.test(value) ? Number(value) : 0;
  if (count < 1 || count > MAX_NUMBER) {
    throw fail(`"${key}=" with a whole number from 1 to ${MAX_NUMBER}, got ${JSON.stringify(value)}`);
  }
  return count;
}

function isRole(text: string): text is Role {
  return ROLES.some((role) => role === text);
}
