import type { Recipe } from '@pilotlight/cache-core';
import type { CachedAnswer } from '@pilotlight/recipes';
import { z } from 'zod';

/** Returns an answer that records the inputs for which it was computed. */
export function answer(prefix: string, timeout: number, compute?: (n: number) => Promise<object>) {
  const asked: number[] = [];
  const parts: CachedAnswer<z.ZodObject<{ n: z.ZodInt }>> = {
    prefix,
    name: 'answer',
    timeout,
    schema: z.strictObject({ n: z.int() }),
    kindOf: () => 'any',
    compute: async (_, { n }) => {
      asked.push(n);
      return compute ? await compute(n) : { n };
    },
  };
  return { answer: parts, asked };
}

/** Returns the stored recipe of the answer for `n`. */
export function recipe(prefix: string, n: number): Recipe {
  return { prefix, name: 'answer', params: { n } };
}
