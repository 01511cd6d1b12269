import { of } from '../engine/rounds.ts';
import { median, type Row, rowOfRounds } from '../row.ts';
import type { ScaleRequest } from './requests.ts';
import type { SizeResult, Subject } from './scale.ts';

const INGEST_GOAL = 0.5;
/** The goals hold from this number of lines on: fewer lines take less time than the statements around them. */
const GOAL_LINES = 1_000_000;
/** Unbounded stats of ten times the lines may take this many times as long and still count as flat. */
const FLAT_WITHIN = 3;

/** Returns the table of both stores: one block for each number of lines. */
export function scaleTable(results: readonly SizeResult[]): string {
  const cells = [
    [
      'lines',
      'what',
      'unit',
      'Postgres',
      'Elasticsearch',
      'every record read',
      'Postgres is faster by',
      'Elasticsearch pays',
    ],
    ...results.flatMap((result) => [
      ...ingestLines(result),
      ...sizeLines(result),
      ...[...result.times.keys()].map((request) => timeLine(result, request, results)),
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function ingestLines({ lines, files }: SizeResult): string[][] {
  const rates = (pick: (file: SizeResult['files'][number]) => number | null): string => {
    const known = files.map(pick).filter((rate) => rate !== null);
    return known.length === 0 ? '-' : short(median(known));
  };
  const copy = rates((file) => file.copy);
  const ratio = files.flatMap((file) => (file.copy === null ? [] : [file.postgres / file.copy]));
  return [
    [
      short(lines),
      'ingest',
      'lines/s',
      rates((file) => file.postgres),
      rates((file) => file.elasticsearch),
      '',
      ratio.length === 0 ? '' : `${short(median(ratio))} × COPY (${copy} lines/s)`,
      '',
    ],
  ];
}

function sizeLines({ lines, sizes }: SizeResult): string[][] {
  const { Postgres: own = {}, Elasticsearch: other } = sizes;
  const total = (parts: Readonly<Record<string, number>>): number =>
    Object.values(parts).reduce((sum, each) => sum + each, 0);
  const parts = Object.entries(own).map(([part, bytes]) => `${part} ${short(bytes / lines)}`);
  const elasticsearch = other === undefined ? '-' : short(total(other) / lines);
  return [
    [short(lines), 'size on disk', 'bytes/line', short(total(own) / lines), elasticsearch, '', parts.join(', '), ''],
  ];
}

function timeLine({ lines, times }: SizeResult, request: ScaleRequest, results: readonly SizeResult[]): string[] {
  const samples = times.get(request) ?? new Map();
  const spread = (subject: Subject): string => {
    const values = of<Subject, number>(samples, subject, (ms) => ms);
    if (values.length === 0) return '-';
    return `${short(median(values))} (${short(Math.min(...values))}..${short(Math.max(...values))})`;
  };
  const own = middle(samples, 'Postgres');
  const peer = middle(samples, 'every record read');
  const faster = peer === null || own === null ? '' : `${short(peer / own)} ×`;
  const isLast = results.at(-1)?.lines === lines;
  return [
    short(lines),
    request.id,
    'ms',
    spread('Postgres'),
    spread('Elasticsearch'),
    spread('every record read'),
    faster,
    isLast ? paysFrom(request.id, results) : '',
  ];
}

/** Returns the number of lines from which on Elasticsearch answers a request faster than Postgres, as far as it was measured. */
function paysFrom(id: string, results: readonly SizeResult[]): string {
  const measured = results.flatMap(({ lines, times }) => {
    const samples = [...times].find(([request]) => request.id === id)?.[1] ?? new Map();
    const [own, other] = [middle(samples, 'Postgres'), middle(samples, 'Elasticsearch')];
    return own === null || other === null ? [] : [{ lines, isFaster: other < own }];
  });
  const last = measured.at(-1);
  if (last === undefined) return '';
  if (!last.isFaster) return `not up to ${short(last.lines)}`;
  const slower = measured.findLast(({ isFaster }) => !isFaster);
  return slower === undefined
    ? `at every size from ${short(measured[0]?.lines ?? 0)}`
    : `between ${short(slower.lines)} and ${short(measured.find(({ lines }) => lines > slower.lines)?.lines ?? 0)}`;
}

/** Returns the goals as rows, measured at `lines`. */
export function rowsOf(results: readonly SizeResult[], lines: number): Row[] {
  const main = results.find((result) => result.lines === lines);
  if (main === undefined) throw new Error(`expected measurements at ${lines} lines`);
  const hasGoals = lines >= GOAL_LINES;
  const copied = main.files.filter((file) => file.copy !== null);
  const rows: Row[] = [
    rowOfRounds({
      id: 'ingest',
      unit: 'lines/s',
      ours: copied.map((file) => file.postgres),
      against: 'COPY of the same rows, same indexes',
      theirs: copied.map((file) => file.copy ?? Number.NaN),
      ...(hasGoals && { goal: INGEST_GOAL }),
    }),
  ];
  for (const [{ id, goal }, samples] of main.times) {
    const theirs = of(samples, 'every record read', (ms) => ms);
    if (theirs.length === 0) continue;
    const ours = of(samples, 'Postgres', (ms) => ms);
    const measured = { id, unit: 'ms', ours, against: 'every record read', theirs };
    rows.push(rowOfRounds({ ...measured, ...(hasGoals && goal !== undefined && { goal }) }, 'lower'));
  }
  return [...rows, ...growthRows(results, lines)];
}

/** Compares unbounded stats of each size with those of a tenth of its lines. */
function growthRows(results: readonly SizeResult[], lines: number): Row[] {
  const timesOf = (result: SizeResult): number[] => {
    const [first] = result.times.values();
    return first === undefined ? [] : of(first, 'Postgres', (ms) => ms);
  };
  return results.flatMap((result, index) => {
    const smaller = results[index - 1];
    if (smaller === undefined || result.lines < lines) return [];
    return rowOfRounds(
      {
        id: `stats, unbounded, ${short(result.lines)} lines`,
        unit: 'ms',
        ours: timesOf(result),
        against: `${short(smaller.lines)} lines: flat within ${FLAT_WITHIN} ×`,
        theirs: timesOf(smaller),
        ...(lines >= GOAL_LINES && { goal: Number((1 / FLAT_WITHIN).toFixed(2)) }),
      },
      'lower',
    );
  });
}

function middle(samples: ReadonlyMap<Subject, readonly number[]>, subject: Subject): number | null {
  const values = samples.get(subject) ?? [];
  return values.length === 0 ? null : median(values);
}

function short(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
