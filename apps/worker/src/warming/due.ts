/** A key with how long it is fresh for, and how long before its end it has to be reloaded. */
export interface Ending {
  readonly freshForMs: number;
  readonly leadMs: number;
  /** From when on it may be reloaded, in milliseconds before its end. */
  readonly earliestMs: number;
}

/**
 * Which keys this sweep reloads: those that the next one would come too late for, and of the others as many as it takes to
 * have no more work in any later sweep than in this one. Where the first k to end have to be reloaded within t, that is
 * k / t: the least even rate that keeps every end (Yao, Demers, Shenker: A Scheduling Model for Reduced CPU Energy, FOCS
 * 1995). One key by itself is never early; a thousand that were filled together are spread over half their time.
 */
export function dueNow<Key extends Ending>(keys: readonly Key[], everyMs: number): Key[] {
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
