import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Encoding } from '../tiers/variant.ts';

/** What can be made of an answer; of equally acceptedEncodings ones, the first. */
const ENCODINGS: readonly Encoding[] = ['br', 'zstd', 'gzip'];

/** The library's published types are older than its option `preferred`. */
interface Preferring {
  encodings(available: readonly string[], options: { readonly preferred: readonly string[] }): string[];
}

const MOST_KEPT = 200;
const LONGEST_KEPT = 200;

/** Which content codings a request welcomes, best first, by its `Accept-Encoding` (RFC 9110, 12.5.3). Browsers send few different ones. */
export class ContentCodings {
  readonly #known = new LRUCache<string, readonly Encoding[]>({ max: MOST_KEPT });

  acceptedEncodings(acceptEncoding: string | undefined): readonly Encoding[] {
    if (!acceptEncoding) return [];
    const known = this.#known.get(acceptEncoding);
    if (known) return known;
    const acceptedEncodings = negotiated(acceptEncoding);
    if (acceptEncoding.length <= LONGEST_KEPT) this.#known.set(acceptEncoding, acceptedEncodings);
    return acceptedEncodings;
  }
}

/** Those that the reader likes better than plain bytes. */
function negotiated(acceptEncoding: string): readonly Encoding[] {
  const negotiator: unknown = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const liked = (negotiator as Preferring).encodings([...ENCODINGS, 'identity'], { preferred: ENCODINGS });
  const plain = liked.indexOf('identity');
  return liked.slice(0, plain < 0 ? undefined : plain).flatMap((name) => ENCODINGS.filter((known) => known === name));
}
