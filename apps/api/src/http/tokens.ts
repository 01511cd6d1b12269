import { createHash, timingSafeEqual } from 'node:crypto';

/** Tokens that are compared in constant time, whatever is tried and however long it is. */
export class Tokens {
  readonly #digests: readonly Buffer[];

  constructor(tokens: readonly string[]) {
    this.#digests = tokens.map(digestOf);
  }

  has(candidate: string): boolean {
    const digest = digestOf(candidate);
    // Every token is compared, so that the time tells nothing about which one it was.
    return this.#digests.filter((known) => timingSafeEqual(known, digest)).length > 0;
  }
}

function digestOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
