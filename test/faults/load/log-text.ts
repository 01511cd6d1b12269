const FIRST_DAY = Date.UTC(2001, 0, 1);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Maximum number of versions per subject: one for each hour of its day but the last, which ends the range of the last
 * version.
 */
export const MAX_VERSIONS = 23;

export const wordOf = (subject: number): string => `subject${subject}`;
export const serviceOf = (subject: number): string => `app.Subject${subject}`;
export const nameOf = (subject: number, version: number): string => `subject${subject}-version${version}.log`;

/** Returns when a version's lines begin. Each subject has its own day, and each version its own hour of that day. */
export function beginOf(subject: number, version: number): string {
  return new Date(FIRST_DAY + subject * DAY_MS + version * HOUR_MS).toISOString();
}

/** Returns the content of a file. Every line names its subject and version; lines of even versions are errors. */
export function textOf(subject: number, version: number, lines: number): string {
  const begin = Date.parse(beginOf(subject, version));
  const level = version % 2 === 0 ? 'ERROR' : 'INFO';
  const text: string[] = [];
  for (let line = 1; line <= lines; line++) {
    const at = new Date(begin + line).toISOString();
    text.push(`${at} ${level} ${serviceOf(subject)}: ${wordOf(subject)} version${version} line ${line} of ${lines}`);
  }
  return text.join('\n');
}

const MESSAGE = /^subject(?<subject>\d+) version(?<version>\d+) line (?<line>\d+) of \d+$/;

/** Returns which line a message is, or null if the harness did not write it. */
export function readMessage(message: string): { subject: number; version: number; line: number } | null {
  const { subject, version, line } = MESSAGE.exec(message)?.groups ?? {};
  if (subject === undefined || version === undefined || line === undefined) return null;
  return { subject: Number(subject), version: Number(version), line: Number(line) };
}
