import { z } from 'zod';

/** Canonical names by lower-case name. It has an entry for each name that clients used: at most all names that the runtime knows. */
const canonicalNames = new Map<string, string>();

/** All names of zones whose clock always shows UTC. */
const UTC = /^(?:etc\/)?(?:utc|uct|universal|zulu|greenwich|gmt(?:[+-]?0)?)$/;
/** The names of three letters in the tz database. The runtime also knows ambiguous ones, such as `IST`, and offsets, such as `+05:30`. */
const OTHER_NAMES = /^(?:[a-z]{3}|[+-].*|systemv\/.*)$/;
const SHORT_NAMES = new Set(['cet', 'eet', 'est', 'hst', 'met', 'mst', 'prc', 'roc', 'rok', 'wet']);

/** Returns the canonical name of a zone of the tz database, in any case and for any alias; null for any other text. */
function canonicalZone(name: string): string | null {
  const lower = name.toLowerCase();
  const known = canonicalNames.get(lower);
  if (known !== undefined) return known;
  const canonical = UTC.test(lower) ? 'UTC' : resolve(lower);
  if (canonical !== null) canonicalNames.set(lower, canonical);
  return canonical;
}

function resolve(lower: string): string | null {
  if (OTHER_NAMES.test(lower) && !SHORT_NAMES.has(lower)) return null;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: lower }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/**
 * A client's time zone: a name of the tz database, such as `Europe/Berlin`. Parsed to its canonical name, or to `undefined` for UTC,
 * which is the default, so that each zone has one spelling.
 */
export const timeZoneSchema = z
  .string()
  .max(64)
  .transform((name, context) => {
    const canonical = canonicalZone(name);
    if (canonical !== null) return canonical === 'UTC' ? undefined : canonical;
    context.addIssue({ code: 'custom', message: 'expected a time zone of the tz database, such as Europe/Berlin' });
    return z.NEVER;
  });
