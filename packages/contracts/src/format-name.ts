import { z } from 'zod';

/** Name of a format: a built-in one, or of a shape, which may be a user's own. */
export const formatNameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, {
  error: 'expected lower-case letters, digits and hyphens, at most 64 characters',
});
