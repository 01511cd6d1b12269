import { cpus } from 'node:os';

/** One line of a table: two things measured side by side in one run. */
export interface Row {
  readonly id: string;
  readonly unit: string;
  readonly ours: number;
  /** What it is held against, in words. */
  readonly against: string;
  readonly theirs: number;
  /** Ours ÷ theirs, or theirs ÷ ours where less is better: higher is always better. */
  readonly ratio: number;
  /** The least that the ratio should be; null: only told. */
  readonly goal: number | null;
  readonly holds: boolean;
}

export function row(
  measured: { id: string; unit: string; ours: number; against: string; theirs: number; goal?: number },
  better: 'higher' | 'lower' = 'higher',
): Row {
  const ratio = better === 'higher' ? measured.ours / measured.theirs : measured.theirs / measured.ours;
  return {
    ...measured,
    goal: measured.goal ?? null,
    ratio,
    holds: measured.goal === undefined || ratio >= measured.goal,
  };
}

export function table(rows: readonly Row[]): string {
  const cells = [
    ['what', 'unit', 'ours', 'theirs', 'ratio', 'goal', '', 'held against'],
    ...rows.map(({ id, unit, ours, theirs, ratio, goal, holds, against }) => {
      const verdict = goal === null ? '' : holds ? 'holds' : 'MISSED';
      return [
        id,
        unit,
        short(ours),
        short(theirs),
        `${short(ratio)} ×`,
        goal === null ? '' : `≥ ${goal} ×`,
        verdict,
        against,
      ];
    }),
  ];
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** What the figures were measured on. */
export function machine(): { cpu: string; cores: number; node: string; platform: string } {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    platform: process.platform,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function short(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
