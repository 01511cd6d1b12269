import { bytes, count } from '../../format/format.ts';

/** Returns the rules of retention in words. */
export function rulesText({
  days,
  bytes: limit,
}: {
  readonly days: number | null;
  readonly bytes: number | null;
}): string {
  const rules: string[] = [];
  if (days !== null) rules.push(`A file is deleted once its newest record is older than ${count(days)} days.`);
  if (limit !== null) rules.push(`The oldest files are deleted once all together have more than ${bytes(limit)}.`);
  return rules.length === 0 ? 'No rule is set: a file stays until it is deleted.' : rules.join(' ');
}
