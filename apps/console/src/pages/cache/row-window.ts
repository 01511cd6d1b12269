/** The rows of a list that are drawn, and the height of those before and after them, in the unit of the row height. */
export interface RowWindow {
  readonly first: number;
  /** The row after the last one. */
  readonly end: number;
  readonly before: number;
  readonly after: number;
}

/** Rows beyond each edge: a quick scroll shows no empty space, and Tab finds the next row. */
const MARGIN = 8;

/** Returns which rows of equal height to draw. The number is bounded by the height of the view, however long the list is. */
export function rowWindow(list: {
  readonly rows: number;
  readonly rowHeight: number;
  readonly scrollTop: number;
  readonly viewHeight: number;
}): RowWindow {
  const { rows, rowHeight, viewHeight } = list;
  if (rows === 0 || rowHeight <= 0) return { first: 0, end: Math.min(rows, 1), before: 0, after: 0 };
  const scrollTop = Math.min(Math.max(0, list.scrollTop), Math.max(0, rows * rowHeight - viewHeight));
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - MARGIN);
  const end = Math.min(rows, Math.ceil((scrollTop + viewHeight) / rowHeight) + MARGIN);
  return { first, end, before: first * rowHeight, after: (rows - end) * rowHeight };
}
