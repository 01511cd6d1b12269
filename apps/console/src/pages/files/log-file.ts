import type { components, paths } from '@pilotlight/client';
import { count, dateTime } from '../../format/format.ts';
import { asCodePoint } from '../../format/visible-text.ts';

export type LogFile = components['schemas']['LogFile'];
export type FilesAnswer = paths['/api/files']['get']['responses'][200]['content']['application/json'];
export type FileDetail = paths['/api/files/{id}']['get']['responses'][200]['content']['application/json']['file'];

/** Returns a number of things: `1 line`, `2,000 lines`. */
export function counted(value: number, one: string): string {
  return `${count(value)} ${one}${value === 1 ? '' : 's'}`;
}

/** Returns the format of a file for people: `nginx-error, gzip`; null before it is detected. */
export function formatOf({ format, packing }: Pick<LogFile, 'format' | 'packing'>): string | null {
  return [format, packing].filter((part) => part !== null).join(', ') || null;
}

/** Returns the formats of a file that holds several, with their numbers of records; null for one format. */
export function formatsOf({ formats }: Pick<LogFile, 'formats'>): string | null {
  return formats.length < 2 ? null : formats.map(({ name, records }) => `${name} ${count(records)}`).join(', ');
}

/** Returns the time from the first to the last record: only one date if both are of one day; null without times. */
export function spanOf({ first_timestamp: from, last_timestamp: to }: TimeSpan): string | null {
  if (from === null || to === null) return null;
  // A line breaks between two instants and not within one.
  const [first = '', last = ''] = [from, to].map((instant) => dateTime(Date.parse(instant)).replace(' ', '\u00a0'));
  if (first === last) return first;
  return first.slice(0, 10) === last.slice(0, 10) ? `${first} – ${last.slice(11)}` : `${first} – ${last}`;
}

type TimeSpan = Pick<LogFile, 'first_timestamp' | 'last_timestamp'>;

/** Returns a name without control characters, which the header of a part of a form cannot have: they are code points. */
export function sentName(name: string): string {
  return name.replaceAll(CONTROLS, asCodePoint);
}

const CONTROLS = /\p{Cc}/gu;
