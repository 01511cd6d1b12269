import { count } from '../../format/format.ts';
import type { KeysAnswer, Warmed } from './types.ts';

/** What a warming would load. */
export interface WarmCost {
  readonly keys: number;
  readonly loadMs: number;
  /** Whether there are more keys than were looked at. */
  readonly isPart: boolean;
}

/** Whether the text is a key as the cache builds it, and not a prefix. */
export function isKey(text: string): boolean {
  return /^[\w.-]+:[\w.-]+(@\d+)?:[0-9a-f]{32}$/.test(text);
}

/** Returns the keys under a target that are not fresh, and the sum of their last load times. */
export function costOf({ keys, next }: Pick<KeysAnswer, 'keys' | 'next'>, target: string): WarmCost {
  const due = keys.filter((one) => (!isKey(target) || one.key === target) && one.warmable && one.fresh_for_ms === 0);
  return { keys: due.length, loadMs: due.reduce((sum, one) => sum + one.load_ms, 0), isPart: next !== null };
}

export function warmedText({ loaded, fresh, skipped, failed }: Warmed): string {
  const parts = [
    `${count(loaded)} loaded`,
    `${count(fresh)} fresh already`,
    skipped > 0 && `${count(skipped)} skipped: not in demand, or out of time`,
    failed > 0 && `${count(failed)} failed: the log of the api has the errors`,
  ];
  return `${parts.filter((part) => part !== false).join(', ')}.`;
}
