import { h, reconcile, setText } from './dom.ts';

/**
 * A list of the newest things that does not run away while it is read: as soon as the user has scrolled into it, opened
 * one of its items or selected some of its text, new items wait behind a button.
 */
export type LiveList<Item> = {
  /** Stands in the panel's head. */
  waiting: HTMLElement;
  /** `fresh`: the user has asked for something else, so nothing is held back. */
  show(items: Item[], fresh: boolean): void;
};

export type LiveListOptions<Item> = {
  container: HTMLElement;
  key: (item: Item) => string;
  create: (item: Item) => HTMLElement;
  update?: (element: Element, item: Item) => void;
};

export function createLiveList<Item>({ container, key, create, update }: LiveListOptions<Item>): LiveList<Item> {
  let shown = new Set<string>();
  let pending: Item[] = [];

  const waiting = h(
    'button',
    { type: 'button', class: 'waiting', 'data-testid': 'show-newer', onclick: () => render(pending, true) },
    '',
  );
  waiting.hidden = true;

  const isHeld = () => {
    const { top, height } = container.getBoundingClientRect();
    const selection = getSelection();
    return (
      (height > 0 && top < 0) ||
      container.querySelector('details[open]') !== null ||
      (selection !== null && !selection.isCollapsed && container.contains(selection.anchorNode))
    );
  };

  const render = (items: Item[], byUser = false) => {
    pending = items;
    shown = new Set(items.map(key));
    waiting.hidden = true;
    reconcile(container, items, key, create, update);
    if (byUser && container.getBoundingClientRect().top < 0) container.scrollIntoView({ block: 'start' });
  };

  return {
    waiting,
    show(items, fresh) {
      if (fresh || !isHeld()) return render(items);
      pending = items;
      const news = items.filter((item) => !shown.has(key(item))).length;
      waiting.hidden = news === 0;
      // When all are new, there may be more than the query's limit let through.
      setText(waiting, `Show ${news}${news === items.length ? '+' : ''} newer`);
    },
  };
}
