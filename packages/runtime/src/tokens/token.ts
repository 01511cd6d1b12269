import { hash } from 'node:crypto';

/** What a token allows. Each role includes the ones before it. */
export const ROLES = ['read', 'write', 'admin'] as const;

export type Role = (typeof ROLES)[number];

/** A token that the api accepts. Its text is not kept, only its digest. */
export interface Token {
  /** Shown in logs and in the audit log. Several tokens may have one name while a token is being replaced. */
  readonly name: string;
  readonly role: Role;
  /** The SHA-256 of the token. */
  readonly digest: Buffer;
  /** From this instant on the token is refused; null if it does not expire. */
  readonly expiresAt: number | null;
  /** Requests per minute; null if `RATE_LIMIT_TOKEN_PER_MINUTE` applies. */
  readonly ratePerMinute: number | null;
  /** Concurrent uploads per api process; null if `TOKEN_UPLOADS_AT_A_TIME` applies. */
  readonly uploadsAtATime: number | null;
}

/** Returns the SHA-256 of a token. It is computed for each request; `hash` takes a third of the time of `createHash`. */
export function digestOf(token: string): Buffer {
  return Buffer.from(hash('sha256', token), 'hex');
}

export function includesRole(role: Role, right: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(right);
}
