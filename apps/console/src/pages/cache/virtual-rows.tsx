import type { ComponentChildren, Key, RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { rowWindow } from './row-window.ts';

export interface VirtualRowsProps<Row> {
  /** Read by screen readers before the table. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => Key;
  /** The cells of a row. All rows are as high as the style `.virtual-row` says. */
  readonly cells: (row: Row) => ComponentChildren;
}

/** A table of any number of rows, of which only those in view are in the document. */
export function VirtualRows<Row>({ label, columns, rows, keyOf, cells }: VirtualRowsProps<Row>) {
  const scroller = useRef<HTMLElement>(null);
  const { scrollTop, viewHeight, rowHeight } = useView(scroller, rows.length > 0);
  const { first, end, before, after } = rowWindow({ rows: rows.length, rowHeight, scrollTop, viewHeight });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls a region only if it can have the focus
    <section class="virtual" ref={scroller} tabIndex={0} aria-label={`${label}, scrollable`}>
      <table aria-label={label} aria-rowcount={rows.length + 1}>
        <thead class="virtual-head">
          <tr class="virtual-row" aria-rowindex={1}>
            {columns.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="virtual-body" style={{ paddingTop: `${before}px`, paddingBottom: `${after}px` }}>
          {rows.slice(first, end).map((row, i) => (
            <tr key={keyOf(row)} class="virtual-row" aria-rowindex={first + i + 2}>
              {cells(row)}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface View {
  readonly scrollTop: number;
  readonly viewHeight: number;
  readonly rowHeight: number;
}

/** Follows the scroll position and the sizes of the list; the height of a row depends on the text size of the user. */
function useView(scroller: RefObject<HTMLElement | null>, hasRows: boolean): View {
  const [view, setView] = useState<View>({ scrollTop: 0, viewHeight: 0, rowHeight: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const look = (): void => {
      const row = element.querySelector('.virtual-body > .virtual-row');
      const rowHeight = row?.getBoundingClientRect().height ?? 0;
      const next = { scrollTop: element.scrollTop, viewHeight: element.clientHeight, rowHeight };
      setView((last) => (isSame(last, next) ? last : next));
    };
    look();
    const resized = new ResizeObserver(look);
    resized.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [hasRows]);
  return view;
}

function isSame(one: View, other: View): boolean {
  return one.scrollTop === other.scrollTop && one.viewHeight === other.viewHeight && one.rowHeight === other.rowHeight;
}
