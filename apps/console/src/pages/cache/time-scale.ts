/** Maps instants to a position from 0 to 1. Time between two marks is wider the longer it is, and never too narrow to see. */
export type TimeScale = (instant: number) => number;

/** The smallest share of the width that the time between two marks gets, before all are scaled to the width. */
const MIN_SHARE = 0.07;

/**
 * Returns a scale through these instants, in ms since 1970. The widths grow with the root of the time, so that minutes and hours fit
 * beside each other; within two marks, time is linear. Instants outside lie at the ends.
 */
export function timeScale(instants: readonly number[]): TimeScale {
  const marks = [...new Set(instants)].sort((a, b) => a - b);
  const gaps = marks.slice(1).map((mark, i) => Math.sqrt(mark - (marks[i] ?? mark)));
  const whole = gaps.reduce((sum, gap) => sum + gap, 0);
  const shares = gaps.map((gap) => Math.max(MIN_SHARE, gap / whole));
  const sum = shares.reduce((total, share) => total + share, 0);
  const ends = shares.map((_, i) => shares.slice(0, i + 1).reduce((total, share) => total + share, 0) / sum);
  const startOf = (gap: number): number => (gap === 0 ? 0 : (ends[gap - 1] ?? 0));
  return (instant) => {
    const gap = marks.findIndex((mark, i) => instant <= (marks[i + 1] ?? mark) && i < gaps.length);
    const [from, to] = [marks[gap], marks[gap + 1]];
    if (from === undefined || to === undefined) return gap === -1 && marks.length > 1 ? 1 : 0;
    const within = Math.min(1, Math.max(0, (instant - from) / (to - from)));
    return startOf(gap) + within * ((ends[gap] ?? 1) - startOf(gap));
  };
}

/** A text at a position, with the row in which it does not overlap the texts before it. */
export interface PlacedLabel<Label> {
  readonly label: Label;
  readonly x: number;
  readonly row: number;
}

/** Places texts in the first row that has room. `x` and `width` are in pixels; the text is centred at `x`, but inside `within`. */
export function placeLabels<Label extends { readonly x: number; readonly width: number }>(
  labels: readonly Label[],
  within: number,
): PlacedLabel<Label>[] {
  const ends: number[] = [];
  return labels
    .toSorted((a, b) => a.x - b.x)
    .map((label) => {
      const half = label.width / 2;
      const x = Math.max(half, Math.min(within - half, label.x));
      const free = ends.findIndex((end) => end <= x - half);
      const row = free === -1 ? ends.length : free;
      ends[row] = x + half;
      return { label, x, row };
    });
}
