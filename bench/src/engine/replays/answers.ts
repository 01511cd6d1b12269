import { shareOf } from '../../../../packages/cache-core/src/memory/testing/answers.ts';
import { payload } from '../payloads.ts';

/** Returns an answer whose size depends on the key only: 0.2, 3 or 46 kB for 60, 30 and 10 % of the keys. */
export function answerOf(key: string): unknown {
  const share = shareOf(key);
  return payload(share < 0.6 ? '0.2 kB' : share < 0.9 ? '3 kB' : '46 kB', 1);
}
