/** A position on a drawing for each value of an axis, in pixels. */
export interface Axis {
  at(value: number): number;
  readonly ticks: readonly number[];
}

/** `log`: equal ratios have equal distances. */
export type AxisKind = 'linear' | 'log';

interface AxisOptions {
  readonly kind: AxisKind;
  /** Values that must lie on the axis. */
  readonly values: readonly number[];
  /** Pixels of the lowest and of the highest value. */
  readonly from: number;
  readonly to: number;
}

const MAX_TICKS = 7;

/** Returns an axis that holds all values. A linear axis starts at zero. */
export function axisOf({ kind, values, from, to }: AxisOptions): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (kind === 'log') {
    const ticks = logTicks(least, most);
    const [low, high] = [Math.log(Math.min(least, ticks[0] ?? least)), Math.log(Math.max(most, ticks.at(-1) ?? most))];
    return { at: (value) => from + ((Math.log(value) - low) / (high - low || 1)) * (to - from), ticks };
  }
  const step = stepOf(most);
  const top = Math.ceil(most / step - 1e-9) * step;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return { at: (value) => from + (value / top) * (to - from), ticks };
}

/** Returns the powers of ten around the values, with 2 and 5 times each if few powers suffice. */
function logTicks(least: number, most: number): number[] {
  for (const factors of [[1, 2, 5], [1]]) {
    const all: number[] = [];
    for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++)
      all.push(...factors.map((factor) => Number(`${factor}e${power}`)));
    const first = Math.max(
      0,
      all.findLastIndex((tick) => tick <= least),
    );
    const last = all.findIndex((tick) => tick >= most);
    const ticks = all.slice(first, last < 0 ? undefined : last + 1);
    if (ticks.length <= MAX_TICKS || factors.length === 1) return ticks;
  }
  return [least, most];
}

/** Returns 1, 2 or 5 times a power of ten, so that the axis has at most `MAX_TICKS` ticks. */
function stepOf(most: number): number {
  const least = (most || 1) / (MAX_TICKS - 1);
  const power = 10 ** Math.floor(Math.log10(least));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10);
}
