import { cpus } from 'node:os';

/** One line of a table: two measurements from one run, side by side. */
export interface Row {
  /** The part of the suite that measured it; set by the suite. */
  readonly part?: string;
  readonly id: string;
  readonly unit: string;
  readonly ours: number;
  /** Description of what `theirs` is. */
  readonly against: string;
  readonly theirs: number;
  /** Ours ÷ theirs, or theirs ÷ ours if less is better: higher is always better. Of rounds: the median of their ratios. */
  readonly ratio: number;
  /** The median of the ratios in the worse half of the rounds: see `worseHalf`. Undefined without rounds. */
  readonly worse?: number;
  /** Minimum of the ratio; null if the row has no goal. */
  readonly goal: number | null;
  /** Whether the ratio reaches the goal, in a row of rounds also in the worse half of them. True without a goal. */
  readonly holds: boolean;
  /** Minimum and maximum of the values whose medians are shown, and of the ratios of the rounds. */
  readonly spread?: Readonly<Record<'ours' | 'theirs' | 'ratio', readonly [least: number, most: number]>>;
  /**
   * How the generator of load spent its core in the sample in which it had the least time left: `idle` is the share that it did
   * not need, `waiting` the share in which another process had the core.
   */
  readonly generator?: { readonly idle: number; readonly waiting: number };
  /**
   * The median ratio of the work per second of the servers' processor time. Other programs on the machine change it less than they
   * change the ratio.
   */
  readonly ratioByCpu?: number;
  /** The median processor time of the measuring processes per unit of work, in µs. */
  readonly cpuMicros?: Readonly<Record<'ours' | 'theirs', number>>;
  /** Where the row lies on a curve of growth; `ours` is its value there. */
  readonly point?: Point;
}

/** A place on a curve of growth: the cost of one operation at one number of entries or processes. */
export interface Point {
  /** The operation, such as `memory hit`. */
  readonly curve: string;
  readonly axis: 'entries' | 'processes';
  readonly at: number;
}

/** A generator with less time left than this may have limited what it measured. */
const MIN_SPARE = 0.05;

type Better = 'higher' | 'lower';

export function row(
  measured: { id: string; unit: string; ours: number; against: string; theirs: number; goal?: number },
  better: Better = 'higher',
): Row {
  const ratio = ratioOf(measured.ours, measured.theirs, better);
  return {
    ...measured,
    goal: measured.goal ?? null,
    ratio,
    holds: measured.goal === undefined || ratio >= measured.goal,
  };
}

/**
 * Returns a row of the medians of interleaved rounds with their spread. It holds its goal only if the median ratio of the worse
 * half of the rounds reaches it. `theirs` may be one figure, such as a limit; with another number of rounds than `ours`, each
 * round of ours is compared with the median of theirs.
 */
export function rowOfRounds(
  measured: {
    id: string;
    unit: string;
    ours: readonly number[];
    against: string;
    theirs: readonly number[] | number;
    goal?: number;
  },
  better: Better = 'higher',
): Row {
  const { ours, goal = null, ...rest } = measured;
  const theirs = typeof measured.theirs === 'number' ? ours.map(() => Number(measured.theirs)) : measured.theirs;
  const middle = median(theirs);
  const isPaired = theirs.length === ours.length;
  const ratios = ours.map((each, round) => ratioOf(each, isPaired ? (theirs[round] ?? middle) : middle, better));
  const worse = median(worseHalf(ratios));
  return {
    ...{ ...rest, ours: median(ours), theirs: middle, ratio: median(ratios), worse, goal },
    holds: goal === null || worse >= goal,
    spread: { ours: extremes(ours), theirs: extremes(theirs), ratio: extremes(ratios) },
  };
}

/** Returns the lower half of the ratios, including the middle one of an odd number. Their median is Tukey's lower hinge. */
export function worseHalf(ratios: readonly number[]): number[] {
  return [...ratios].sort((a, b) => a - b).slice(0, Math.ceil(ratios.length / 2));
}

/** Adds the processor time per unit of work of each side, in µs, one figure per round. */
export function withCpu(measured: Row, ours: readonly number[], theirs: readonly number[]): Row {
  const ratios = ours.map((each, round) => ratioOf(each, theirs[round] ?? Number.NaN, 'lower'));
  return { ...measured, cpuMicros: { ours: median(ours), theirs: median(theirs) }, ratioByCpu: median(ratios) };
}

/** Returns a row of something that could not be measured: its goal counts as missed. */
export function notMeasured(id: string, why: string): Row {
  return { id: `${id}: not measured`, unit: '', ours: 0, against: why, theirs: 0, ratio: 0, goal: 1, holds: false };
}

/** Adds how the generator of load spent its core. The row does not hold if the generator may have been the limit. */
export function withGenerator(measured: Row, generator: { idle: number; waiting: number } | null): Row {
  if (generator === null) return measured;
  const isLimit = generator.idle - generator.waiting < MIN_SPARE;
  return { ...measured, generator, holds: measured.holds && !(isLimit && measured.goal !== null) };
}

export function table(rows: readonly Row[]): string {
  const hasGenerator = rows.some(({ generator }) => generator !== undefined);
  const hasCpu = rows.some(({ ratioByCpu }) => ratioByCpu !== undefined);
  const hasMicros = rows.some(({ cpuMicros }) => cpuMicros !== undefined);
  const cells = [
    [
      ...['what', 'unit', 'ours', 'min..max', 'theirs', 'min..max', 'ratio', 'min..max', 'worse half', 'goal', ''],
      ...(hasMicros ? ['µs of CPU, ours', 'theirs'] : []),
      ...(hasCpu ? ['by CPU time'] : []),
      ...(hasGenerator ? ['generator idle'] : []),
      'compared with',
    ],
    ...rows.map((each) => [
      ...[each.id, each.unit, short(each.ours), span(each.spread?.ours), short(each.theirs), span(each.spread?.theirs)],
      `${short(each.ratio)} ×`,
      ...[span(each.spread?.ratio), each.worse === undefined ? '' : `${short(each.worse)} ×`],
      each.goal === null ? '' : `≥ ${short(each.goal)} ×`,
      verdict(each),
      ...(hasMicros
        ? [each.cpuMicros?.ours, each.cpuMicros?.theirs].map((us) => (us === undefined ? '' : short(us)))
        : []),
      ...(hasCpu ? [each.ratioByCpu === undefined ? '' : `${short(each.ratioByCpu)} ×`] : []),
      ...(hasGenerator ? [each.generator ? percents(each.generator) : ''] : []),
      each.against,
    ]),
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

/** Returns how a row ended: whether its goal holds; without a goal, whether the other side is ahead. */
export function verdict({ goal, holds, ratio, worse = ratio }: Row): string {
  if (goal !== null && !holds && worse >= goal) return 'LIMITED by the generator';
  if (goal !== null) return holds ? 'holds' : ratio >= goal ? 'MISSED in the worse half' : 'MISSED';
  return ratio < 1 ? 'behind' : '';
}

/** Returns the machine on which the figures were measured. */
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

/** Returns the value that a share `p` of the values does not exceed. */
export function percentile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(p * sorted.length) - 1)] ?? Number.NaN;
}

function ratioOf(ours: number, theirs: number, better: Better): number {
  return better === 'higher' ? ours / theirs : theirs / ours;
}

function extremes(values: readonly number[]): readonly [least: number, most: number] {
  return [Math.min(...values), Math.max(...values)];
}

function span(spread: readonly [least: number, most: number] | undefined): string {
  return spread ? `(${short(spread[0])}..${short(spread[1])})` : '';
}

function percents({ idle, waiting }: { idle: number; waiting: number }): string {
  const share = `${Math.round(idle * 100)} %`;
  return waiting < 0.01 ? share : `${share}, ${Math.round(waiting * 100)} % taken`;
}

/** Returns a number in three digits, as tables show it. */
export function short(value: number): string {
  if (value === 0) return '0';
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
