import { z } from 'zod';

const numeric = (kind: string, pattern: RegExp) => (min: number, max: number) =>
  z
    .string()
    .refine((text) => pattern.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `expected a ${kind} number from ${min} to ${max}`,
    })
    .transform(Number);

export const wholeNumber = numeric('whole', /^\d+$/);
export const decimal = numeric('decimal', /^\d+(?:\.\d+)?$/);
export const flag = z
  .enum(['0', '1'], { error: 'expected 0 or 1' })
  .default('0')
  .transform((text) => text === '1');
