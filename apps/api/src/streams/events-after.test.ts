import { type DomainEvent, type FileEvent, fileEventSchemas, parseFileEventId } from '@pilotlight/contracts';
import type { FileProgress } from '@pilotlight/origin';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { eventsAfter, isLast, WARMING_REPORTS_WITHIN_MS } from './events-after.ts';

const FILE_ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const AT = '2026-01-01T00:00:00.000Z';
const EVENT: DomainEvent = { id: FILE_ID, type: 'file.indexed', version: 1, at: AT, fileId: FILE_ID };
const PREFIXES = ['files', 'stats', 'search'];

function progressOf(
  status: FileProgress['file']['status'],
  rest: Partial<Omit<FileProgress, 'file'>> = {},
): FileProgress {
  const file = {
    ...{
      id: FILE_ID,
      name: 'a.log',
      size_bytes: 10,
      format: null,
      gzipped: false,
      status,
      line_count: 0,
      record_count: 0,
    },
    ...{ formats: [], encoding: null, packing: null, dropped_nul_bytes: 0, skipped_members: 0, skipped_because: null },
    read_as: { timezone: null, date_order: null, format: null },
    ...{ error_count: 0, unparsed_count: 0, truncated_count: 0, year_inferred: false, first_timestamp: null },
    ...{ last_timestamp: null, uploaded_at: AT, indexed_at: null, error: status === 'failed' ? 'not text' : null },
  };
  return { file, reading: null, end: null, ...rest };
}

const reading = (attempt: number, lines: number) =>
  progressOf('indexing', { reading: { attempt, lines, bytes: lines } });
const ended = (status: 'indexed' | 'failed', end: Partial<NonNullable<FileProgress['end']>>) =>
  progressOf(status, { end: { event: EVENT, position: null, appliedMsAgo: null, warmed: [], ...end } });

/** The states of a file in the order in which they occur. */
const LIFE: readonly FileProgress[] = [
  progressOf('received'),
  progressOf('indexing'),
  reading(1, 500),
  reading(1, 1_500),
  reading(2, 500),
  reading(2, 9_000),
  ended('indexed', {}),
  ended('indexed', { position: 7, appliedMsAgo: 5 }),
  ended('indexed', { position: 7, appliedMsAgo: 50, warmed: ['files'] }),
  ended('indexed', { position: 7, appliedMsAgo: 90, warmed: PREFIXES }),
];

/** Reads the events of states in a row. After those whose numbers are in `breaks`, the client reconnects with its last id. */
function read(states: readonly (FileProgress | null)[], breaks: readonly number[] = []): FileEvent[] {
  const events: FileEvent[] = [];
  let after: ReturnType<typeof parseFileEventId> = null;
  for (const state of states) {
    for (const event of eventsAfter(FILE_ID, state, after)) {
      if (breaks.includes(events.length)) break;
      events.push(event);
      after = parseFileEventId(event.id);
    }
  }
  return events;
}

describe('the events of a file', () => {
  test('a client that sees every state reads every event once, in order', () => {
    expect(read(LIFE).map(({ id }) => id)).toEqual([
      ...['stored', 'progress-1-500', 'progress-1-1500', 'progress-2-500', 'progress-2-9000'],
      ...['indexed', 'invalidated', 'warmed'],
    ]);
  });

  test('each event matches its schema, and its id names it', () => {
    for (const event of [...read(LIFE), ...read([ended('failed', { position: 8 }), null])]) {
      expect(fileEventSchemas[event.event].strict().parse(event.data)).toEqual(event.data);
      expect(parseFileEventId(event.id)).toMatchObject({ event: event.event });
    }
  });

  test('whatever states a client misses and wherever it reconnects, it reads every step once, in order', () => {
    const states = fc.subarray(LIFE.slice(0, -1)).map((seen) => [...seen, LIFE.at(-1) ?? null]);
    fc.assert(
      fc.property(states, fc.array(fc.nat(10)), (seen, breaks) => {
        const ids = read([...seen, ...seen.slice(-1), ...seen.slice(-1)], breaks).map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const steps = ids.filter((id) => !id.startsWith('progress'));
        expect(steps).toEqual(['stored', 'indexed', 'invalidated', 'warmed'].slice(0, steps.length));
        if (breaks.length === 0) expect(steps).toHaveLength(4);
      }),
    );
  });

  test('a file that cannot be ingested has failed in place of indexed, with the reason', () => {
    const events = read([ended('failed', { position: 8, appliedMsAgo: 9, warmed: PREFIXES })]);
    expect(events.map(({ id }) => id)).toEqual(['stored', 'failed', 'invalidated', 'warmed']);
    expect(events[1]?.data).toEqual({ error: 'not text' });
  });

  test('a deleted file has one last event, unless the stream has ended before', () => {
    expect(read([reading(1, 5), null, null]).map(({ id }) => id)).toEqual(['stored', 'progress-1-5', 'deleted']);
    expect(read([...LIFE, null]).at(-1)?.id).toBe('warmed');
  });

  test('without a report of warming for a minute, warmed says unknown', () => {
    const state = (appliedMsAgo: number) => ended('indexed', { position: 7, appliedMsAgo });
    expect(read([state(WARMING_REPORTS_WITHIN_MS - 1)]).at(-1)?.id).toBe('invalidated');
    const [, , , warmed] = read([state(WARMING_REPORTS_WITHIN_MS)]);
    expect(warmed?.data).toEqual({ state: 'unknown', prefixes: PREFIXES });
  });

  test('a file whose event was removed because it is old is invalidated at no known position', () => {
    expect(read([progressOf('indexed')]).map(({ data }) => data)).toContainEqual({ position: null });
  });
});

test.for(['', 'progress', 'progress-1', 'progress-1-', 'progress--1-2', 'stored\n', 'Stored', 'toString', '__proto__'])(
  'the id %j is not one of an event',
  (id) => {
    expect(parseFileEventId(id)).toBeNull();
  },
);

test('only warmed and deleted are last', () => {
  expect((['stored', 'indexed', 'failed', 'invalidated'] as const).some((event) => isLast({ event }))).toBe(false);
  expect((['warmed', 'deleted'] as const).every((event) => isLast({ event }))).toBe(true);
});
