import { setTimeout as delay } from 'node:timers/promises';
import { MAX_VERSIONS } from '../load/log-text.ts';
import type { MixedLoad } from '../load/mixed-load.ts';
import type { Place } from '../load/reader.ts';

/** Times from the end of a fault in ms; null if the limit was exceeded. */
export interface Recovery {
  /** When every api reports that it is ready. */
  readonly readyMs: number | null;
  /** When every api has returned a verified answer. */
  readonly verifiedMs: number | null;
  /** When a newly uploaded file is indexed and every process knows it. */
  readonly appliedMs: number | null;
}

const ASK_AGAIN_MS = 25;

/** Polls until the system has recovered, or until `withinMs` have passed. */
export async function measureRecovery(
  load: MixedLoad,
  places: () => readonly Place[],
  withinMs: number,
): Promise<Recovery> {
  const beganAt = performance.now();
  const until = async (work: () => Promise<boolean>): Promise<number | null> => {
    while (performance.now() - beganAt < withinMs) {
      const isDone = await work().catch(() => false); // no response yet
      if (isDone) return performance.now() - beganAt;
      await delay(ASK_AGAIN_MS);
    }
    return null;
  };
  const everywhere = async (work: (place: Place) => Promise<boolean>): Promise<number | null> => {
    const times = await Promise.all(places().map((_, i) => until(async () => work(placeAt(places(), i)))));
    return times.reduce((most, ms) => (most === null || ms === null ? null : Math.max(most, ms)), 0);
  };
  let subject = load.newSubject();
  const [readyMs, verifiedMs, appliedMs] = await Promise.all([
    everywhere(async ({ url }) => (await load.client.get(url, '/readyz')).status === 200),
    everywhere(async (place) => {
      const read = await load.reader.stats(place, subject);
      load.history.reads.push(read);
      return read.verified;
    }),
    until(async () => {
      const { url } = placeAt(places(), 0);
      if (load.history.of(subject).length === MAX_VERSIONS) subject = load.newSubject();
      const version = await load.writer.upload(url, subject, 1, null);
      while (version.fileId !== null && performance.now() - beganAt < withinMs) {
        if (await load.writer.look(url, version)) return version.indexedAppliedAt !== null;
        await delay(ASK_AGAIN_MS);
      }
      return false;
    }),
  ]);
  return { readyMs, verifiedMs, appliedMs };
}

function placeAt(places: readonly Place[], index: number): Place {
  const place = places[index];
  if (!place) throw new Error(`expected process ${index}, got ${places.length} processes`);
  return place;
}
