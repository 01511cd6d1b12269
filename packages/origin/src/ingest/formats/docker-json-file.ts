import { withoutColours } from '../ansi.ts';
import type { FileTimes } from '../file-times.ts';
import type { Unwrapper, WrapperFormat } from '../line-format.ts';
import { recordOf, setField } from '../records.ts';
import { TimestampReader } from '../timestamps.ts';
import { spokenLevel } from './syslog-priority.ts';

/** The driver writes `log` first: https://docs.docker.com/engine/logging/drivers/json-file/ */
const BEGINNING = /^\{ {0,4}"log" {0,4}: {0,4}"/;

/**
 * One line of Docker's json-file driver, with what a container wrote in `log`. A `log` without a line end is a part of a
 * line: Docker splits lines at 16 KiB.
 */
export const dockerJsonFile: WrapperFormat = {
  kind: 'wrapper',
  name: 'docker-json-file',
  rejectsNul: true,
  lines: '\\{ {0,4}"log" {0,4}:.*',
  open: dockerUnwrapper,
};

function dockerUnwrapper(times: FileTimes): Unwrapper {
  const timestamps = new TimestampReader(times);
  return (line) => {
    const columns = BEGINNING.test(line) ? parse(line) : null;
    if (columns === null) return null;
    const { log, stream, time, ...others } = columns;
    const timestamp = timestamps.column(time);
    if (typeof log !== 'string' || typeof stream !== 'string' || timestamp === null) return null;
    const payload = log.replace(/\r?\n$/, '');
    const outer = recordOf({ timestamp, level: spokenLevel(withoutColours(payload)) });
    outer.fields['stream'] = stream;
    for (const [name, value] of Object.entries(others)) setField(outer.fields, name, value);
    return { outer, payload, stream, isPartial: payload === log };
  };
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown>;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Returns whether the first line of a file is a line of the driver. */
export function beginsAsDocker(head: Buffer): boolean {
  if (!BEGINNING.test(head.toString('latin1', 0, 64))) return false;
  const end = head.indexOf('\n');
  return typeof parse(head.toString('utf8', 0, end === -1 ? head.length : end))?.['stream'] === 'string';
}
