const FIRST_DAY = Date.UTC(2001, 0, 1);
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Versions of one subject: as many as its day has hours, and one to end the range of the last. */
export const MOST_VERSIONS = 23;

export const wordOf = (subject: number): string => `subject${subject}`;
export const serviceOf = (subject: number): string => `app.Subject${subject}`;
export const nameOf = (subject: number, version: number): string => `subject${subject}-version${version}.log`;

/** When a version's lines begin: each subject has a day of its own, and each version an hour of it. */
export function beginOf(subject: number, version: number): string {
  return new Date(FIRST_DAY + subject * DAY_MS + version * HOUR_MS).toISOString();
}

/** The content of a file: every line says whose it is, and which. Those of even versions are errors. */
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

/** Which line a message is; null for one that is none of ours. */
export function readMessage(message: string): { subject: number; version: number; line: number } | null {
  const { subject, version, line } = MESSAGE.exec(message)?.groups ?? {};
  if (subject === undefined || version === undefined || line === undefined) return null;
  return { subject: Number(subject), version: Number(version), line: Number(line) };
}
