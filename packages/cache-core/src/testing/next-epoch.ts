import { hash } from 'node:crypto';

const SINCE = Date.UTC(2020, 0, 1);

/**
 * As `begin_epoch` of `redis/scripts/epoch.lua`, which gives the reasons. `counted` increases with each epoch and
 * replaces the part of the time that this clock does not have.
 */
export function nextEpoch(above: number, nowMs: number, { run, counted }: { run: number; counted: number }): number {
  const chance = Number.parseInt(hash('sha1', `${run} ${nowMs} ${counted} ${above}`).slice(0, 8), 16);
  const now = Math.floor((nowMs - SINCE) * 64 + (counted % 64)) * 64;
  return now > above ? now + (chance % 64) : above + 1 + (chance % 2 ** 21);
}
