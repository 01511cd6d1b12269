import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { machine, Row } from '../../row.ts';

/** One run of a part of the suite: the figures of the page, and how they were measured. */
export interface KeptRun {
  readonly part: string;
  /** Day of the run, as in `2026-01-31`. */
  readonly day: string;
  readonly kind: 'full' | 'quick';
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: ReturnType<typeof machine>;
  readonly rows: readonly Row[];
}

/** The page shows the latest kept run of each part. */
const FILE = fileURLToPath(import.meta.resolve('../../../results/engine.json'));

/** Returns the kept run of each part, in the order of the suite; none before the first. */
export function keptRuns(): KeptRun[] {
  return existsSync(FILE) ? (JSON.parse(readFileSync(FILE, 'utf8')) as KeptRun[]) : [];
}

/** Keeps the runs in place of earlier runs of the same parts. `order` is the order of the suite. */
export function keepRuns(runs: readonly KeptRun[], order: readonly string[]): void {
  const others = keptRuns().filter(({ part }) => order.includes(part) && !runs.some((run) => run.part === part));
  const all = [...others, ...runs].sort((a, b) => order.indexOf(a.part) - order.indexOf(b.part));
  mkdirSync(dirname(FILE), { recursive: true });
  // One row per line, so that the changes of a run can be read.
  const written = all.map(({ rows, ...run }) => {
    const lines = rows.map((row) => `    ${JSON.stringify(row, rounded)}`).join(',\n');
    return `  {${JSON.stringify(run).slice(1, -1)}, "rows": [\n${lines}\n  ]}`;
  });
  writeFileSync(FILE, `[\n${written.join(',\n')}\n]\n`);
}

/** Five digits are more than a measurement has. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value;
}
