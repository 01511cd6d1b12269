import { z } from 'zod';

/** Text given by a client. What no store can hold is refused here, where the field can still be named. */
export function textSchema(leastCharacters: number, mostCharacters: number) {
  return z
    .string()
    .min(leastCharacters)
    .max(mostCharacters)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), {
      error: 'expected text without NUL and without halves of surrogate pairs',
    });
}
