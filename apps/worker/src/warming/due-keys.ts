/** The expiry of a key: how long it is still fresh, and when it has to be reloaded. */
export interface Expiry {
  readonly freshForMs: number;
  readonly leadMs: number;
  /** The earliest time at which it may be reloaded, in ms before its expiry. */
  readonly earliestMs: number;
}

/**
 * Returns the keys that this sweep reloads: those that expire before the next sweep, and as many others as keep the work of every
 * later sweep at or below that of this one. If the first k keys have to be reloaded within t, the rate is k / t: the lowest constant
 * rate that meets every deadline (Yao, Demers, Shenker: A Scheduling Model for Reduced CPU Energy, FOCS 1995). A single key is never
 * reloaded early; a thousand keys that were filled together are spread over half their lifetime.
 */
export function dueKeys<Key extends Expiry>(keys: readonly Key[], everyMs: number): Key[] {
  const within = keys
    .filter(({ freshForMs, earliestMs }) => freshForMs <= earliestMs)
    .map((key) => ({ key, leftMs: key.freshForMs - key.leadMs }))
    .sort((a, b) => a.leftMs - b.leftMs);
  let most = 0;
  within.forEach(({ leftMs }, i) => {
    most = Math.max(most, leftMs <= everyMs ? i + 1 : Math.floor(((i + 1) * everyMs) / leftMs));
  });
  return within.slice(0, most).map(({ key }) => key);
}
