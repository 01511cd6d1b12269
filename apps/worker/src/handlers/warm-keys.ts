import type { Handler } from '../handler.ts';
import type { KeepWarm } from '../warming/keep-warm.ts';

/** Reloads what people ask for: with `invalidated` what is not fresh now, with `scheduled` also what soon will not be. */
export function warmKeys(keepWarm: KeepWarm): Handler<'warm-keys'> {
  return ({ reason, prefixes }, { signal }) => keepWarm.warm(reason, prefixes, signal);
}
