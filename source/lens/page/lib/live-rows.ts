import { type RefObject, useLayoutEffect, useState } from 'react';
import type { Query } from './use-query.ts';

/**
 * The rows of a live list, which doesn't move while it is being read: once the user scrolls into it, opens an item or
 * selects text, newer rows wait until the user asks for them.
 */
export type LiveRows<Row> = {
  rows: Row[];
  /** The number of waiting rows for the button: `3`, or `200+` at the query's limit. Empty if there are none. */
  waiting: string;
  showWaiting(): void;
};

export function useLiveRows<Row>(
  { answer, rows }: Query<Row>,
  keyOf: (row: Row) => string,
  container: RefObject<HTMLElement | null>,
): LiveRows<Row> {
  const asked = answer?.asked;
  const [shown, setShown] = useState({ rows, asked });

  useLayoutEffect(() => {
    setShown((before) => (before.asked === asked && isHeld(container.current) ? before : { rows, asked }));
  }, [rows, asked, container]);

  const known = new Set(shown.rows.map(keyOf));
  const newer = rows.filter((row) => !known.has(keyOf(row))).length;
  return {
    rows: shown.rows,
    waiting: newer === 0 ? '' : `${newer}${newer === rows.length ? '+' : ''}`,
    showWaiting() {
      setShown({ rows, asked });
      const list = container.current;
      if (list && list.getBoundingClientRect().top < 0) list.scrollIntoView({ block: 'start' });
    },
  };
}

function isHeld(list: HTMLElement | null): boolean {
  if (list === null) return false;
  const { top, height } = list.getBoundingClientRect();
  const selection = getSelection();
  return (
    (height > 0 && top < 0) ||
    list.querySelector('details[open]') !== null ||
    (selection !== null && !selection.isCollapsed && list.contains(selection.anchorNode))
  );
}
