import type { Role } from '@pilotlight/runtime';
import { ApiError } from '../errors.ts';

/** The request has a valid token, and the token's role does not include the right that the route needs (RFC 6750, section 3.1). */
export class Forbidden extends ApiError {
  constructor(token: { readonly name: string; readonly role: Role }, right: Role) {
    const detail = `expected a token with the role ${right}, got the token ${token.name} with the role ${token.role}`;
    const challenge = `Bearer realm="pilotlight", error="insufficient_scope", scope="${right}"`;
    super({ status: 403, code: 'FORBIDDEN', detail, headers: { 'WWW-Authenticate': challenge } });
  }
}
