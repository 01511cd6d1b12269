import Table from 'cli-table3';
import type { Terminal } from './terminal.ts';

/** Control characters, with which a log line or a file name could move the cursor or change the terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern replaces them
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Returns data of the api as text that is safe on a terminal: each control character is shown as an escape. */
export function printable(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export type Cell = string | number | null;

export interface Column {
  readonly title: string;
  /** Numbers are aligned to the right. */
  readonly isNumber?: true;
}

const NO_BORDERS = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '', 'bottom-left': '' },
  ...{ 'bottom-right': '', left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: '  ' },
};

/** Returns a table without borders. A null cell is shown as `-`. Lines end at the width of a terminal. */
export function tableOf(
  terminal: Pick<Terminal, 'columns'>,
  columns: readonly Column[],
  rows: readonly Cell[][],
): string {
  const table = new Table({
    head: columns.map(({ title }) => title.toUpperCase()),
    colAligns: columns.map(({ isNumber }) => (isNumber ? 'right' : 'left')),
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => row.map((cell) => textOf(cell))));
  const lines = table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
  return `${lines.map((line) => cut(line, terminal.columns)).join('\n')}\n`;
}

/** Returns names with their values, one per line, aligned. Null values are left out. */
export function listOf(pairs: readonly (readonly [name: string, value: Cell])[]): string {
  const shown = pairs.filter(([, value]) => value !== null);
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${textOf(value)}\n`).join('');
}

function textOf(cell: Cell): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? numberOf(cell) : printable(cell);
}

function cut(line: string, columns: number | null): string {
  return columns === null || line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;
}

export function numberOf(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 });
}

export function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`;
}

/** Returns a duration with three digits: `0.05 ms`, `12 ms`, `4.2 s`, `3.1 h`. */
export function preciseDuration(ms: number): string {
  for (const [unit, size] of [
    ['h', 3_600_000],
    ['min', 60_000],
    ['s', 1_000],
  ] as const)
    if (Math.abs(ms) >= size) return `${threeDigits(ms / size)} ${unit}`;
  return `${threeDigits(ms)} ms`;
}

export function bytesOf(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let value = bytes;
  for (; value >= 1_000 && at < units.length - 1; at++) value /= 1_000;
  return `${threeDigits(value)} ${units[at]}`;
}

const threeDigits = (value: number): number => Number(value.toPrecision(3));
