import { type Point, type Row, rowOfRounds } from '../../row.ts';

/** The share by which a cost may exceed the growth that its row allows. */
const TOLERANCE = 1.2;

export interface Growth {
  readonly point: Point;
  readonly unit: string;
  readonly ours: readonly number[];
  /** The same cost at the start of the curve, round by round. */
  readonly least: readonly number[];
  readonly leastAt: number;
  /** By how many times the cost may grow from the start of the curve to here: 1 if it must be flat. */
  readonly mayGrow: number;
}

/**
 * Returns the row of a cost, compared with the same cost at the start of its curve. The ratio 1 means that it did not grow. The start
 * itself has no goal.
 */
export function growthRow({ point, unit, ours, least, leastAt, mayGrow }: Growth): Row {
  const { curve, axis, at } = point;
  const shown = (count: number) => count.toLocaleString('en');
  const id =
    axis === 'entries'
      ? `${curve} among ${shown(at)} entries`
      : `${curve} with ${shown(at)} process${at === 1 ? '' : 'es'}`;
  const against = axis === 'entries' ? `among ${shown(leastAt)}` : `${shown(leastAt)} process`;
  const goal = at === leastAt ? {} : { goal: 1 / (mayGrow * TOLERANCE) };
  return { ...rowOfRounds({ id, unit, ours, against, theirs: least, ...goal }, 'lower'), point };
}
