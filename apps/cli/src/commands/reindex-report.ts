import type { FileDifference, LogStoreName, ReindexResult } from '@pilotlight/origin';
import { durationOf, numberOf } from '../text.ts';

/** Longer lists end with their number; `--json` prints all of it. */
const MAX_LISTED = 100;

/** Returns the text that describes a result: the work done, then every difference with its remedy. */
export function describeResult(to: LogStoreName, result: ReindexResult, tookMs: number): string {
  const { copied, compared, removed, passes, differences, unknown, isSettled } = result;
  const lines = [
    `Copied ${amountOf(copied)} to ${to} in ${durationOf(tookMs)} (${passes} passes).`,
    `Compared ${amountOf(compared)}: ${to} has all of them, with the same records per level.`,
  ];
  if (removed > 0) lines.push(`Removed the records of ${numberOf(removed)} deleted or failed files from ${to}.`);
  if (!isSettled) {
    lines.push('Files are still being indexed or deleted: stop the workers (uploads wait), then repeat the command.');
  }
  if (differences.length > 0) {
    lines.push(
      `${numberOf(differences.length)} files are complete in neither store; upload them again, or delete them:`,
      ...listed(differences.map((difference) => describeDifference(to, difference))),
    );
  }
  if (unknown.length > 0) {
    lines.push(
      `${to} has records of ${numberOf(unknown.length)} files that the database has no record of. If DATABASE_URL and ELASTICSEARCH_URL belong together, repeat the command with --remove-unknown:`,
      ...listed(unknown),
    );
  }
  return `${lines.join('\n')}\n`;
}

function describeDifference(to: LogStoreName, { fileId, expected, source, target }: FileDifference): string {
  const from = to === 'postgres' ? 'elasticsearch' : 'postgres';
  return `${fileId}: expected ${numberOf(expected)} records, got ${countsOf(source)} in ${from} and ${countsOf(target)} in ${to}`;
}

function countsOf(counts: FileDifference['source']): string {
  const levels = Object.entries(counts);
  const total = levels.reduce((sum, [, count]) => sum + count, 0);
  const perLevel = levels.map(([level, count]) => `${level} ${numberOf(count)}`).join(', ');
  return levels.length === 0 ? '0' : `${numberOf(total)} (${perLevel})`;
}

function amountOf({ files, records }: { files: number; records: number }): string {
  return `${numberOf(files)} files with ${numberOf(records)} records`;
}

function listed(items: readonly string[]): string[] {
  const shown = items.slice(0, MAX_LISTED).map((item) => `  ${item}`);
  const rest = items.length - shown.length;
  return rest === 0 ? shown : [...shown, `  and ${numberOf(rest)} more`];
}
