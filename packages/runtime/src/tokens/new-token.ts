import { randomBytes } from 'node:crypto';
import { digestOf, type Token } from './token.ts';

/** Lets secret scanners recognise a token. */
const PREFIX = 'pl_';
/** 256 bits: with that much entropy a plain SHA-256 cannot be reversed, and no slow hash is needed. */
const BYTES = 32;

/** Returns a new random token: `pl_` and 43 characters. */
export function newToken(): string {
  return PREFIX + randomBytes(BYTES).toString('base64url');
}

/** Returns the line of `TOKENS_FILE` for a token, which contains only its digest. */
export function tokenLine(token: string, properties: Omit<Token, 'digest'>): string {
  const { name, role, expiresAt, ratePerMinute, uploadsAtATime } = properties;
  return [
    `${name} ${role} sha256:${digestOf(token).toString('hex')}`,
    ...(expiresAt === null ? [] : [`expires=${new Date(expiresAt).toISOString()}`]),
    ...(ratePerMinute === null ? [] : [`rate=${ratePerMinute}`]),
    ...(uploadsAtATime === null ? [] : [`uploads=${uploadsAtATime}`]),
  ].join(' ');
}
