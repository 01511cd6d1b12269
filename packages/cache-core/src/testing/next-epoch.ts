import { hash } from 'node:crypto';

const SINCE = Date.UTC(2020, 0, 1);
const PARTS_OF_A_SECOND = 2 ** 22;
const CHANCES = 2 ** 21;

/** As `begin_epoch` of `redis/scripts/epoch.lua`, which says why. `counted` is never the same twice in a run of the server. */
export function nextEpoch(above: number, now: number, { run, counted }: { run: number; counted: number }): number {
  const digest = hash('sha1', `${run} ${now} ${counted} ${above}`);
  const chance = Number.parseInt(digest.slice(0, 8), 16) % CHANCES;
  return Math.max(Math.floor((now - SINCE) * (PARTS_OF_A_SECOND / 1_000)), above + 1) + chance;
}
