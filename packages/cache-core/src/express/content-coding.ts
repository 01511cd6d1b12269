import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { Encoding } from '../model/variant.ts';

/** The content codings that an answer can have. If a client prefers several equally, the first wins. */
const ENCODINGS: readonly Encoding[] = ['br', 'zstd', 'gzip'];

/** The published types of the library lack its option `preferred`. */
interface Preferring {
  encodings(available: readonly string[], options: { readonly preferred: readonly string[] }): string[];
}

const MAX_REMEMBERED = 200;
const MAX_REMEMBERED_LENGTH = 200;

/** Negotiates content codings by `Accept-Encoding` (RFC 9110, 12.5.3). It remembers the results: browsers send few different headers. */
export class ContentCodings {
  readonly #known = new LRUCache<string, readonly Encoding[]>({ max: MAX_REMEMBERED });

  /** Returns the codings that the client prefers to plain bytes, best first. */
  acceptedEncodings(acceptEncoding: string | undefined): readonly Encoding[] {
    if (!acceptEncoding) return [];
    const known = this.#known.get(acceptEncoding);
    if (known) return known;
    const accepted = negotiated(acceptEncoding);
    if (acceptEncoding.length <= MAX_REMEMBERED_LENGTH) this.#known.set(acceptEncoding, accepted);
    return accepted;
  }
}

function negotiated(acceptEncoding: string): readonly Encoding[] {
  const negotiator: unknown = new Negotiator({ headers: { 'accept-encoding': acceptEncoding } });
  const preferred = (negotiator as Preferring).encodings([...ENCODINGS, 'identity'], { preferred: ENCODINGS });
  const plain = preferred.indexOf('identity');
  return preferred
    .slice(0, plain < 0 ? undefined : plain)
    .flatMap((name) => ENCODINGS.filter((known) => known === name));
}
