/** The beasts of one kind: the server's list with optimistic updates, undone if the server refuses them. */
export type BeastList = {
  status: 'loading' | 'ready' | 'failed';
  beasts: readonly Beast[];
  /** The `after` parameter of the next page; undefined on the last page. */
  after: string | undefined;
};

export type Beast = {
  name: string;
  /** `adding` and `deleting` are pending; `added` was added on this page. */
  state: 'there' | 'adding' | 'added' | 'deleting';
};

export const EMPTY_LIST: BeastList = { status: 'loading', beasts: [], after: undefined };

/** Replaces the list with the first page. Keeps pending beasts, because the response may predate them. */
export function listed(list: BeastList, names: readonly string[], after: string | undefined): BeastList {
  const waiting = list.beasts.filter(({ state }) => state === 'adding' || state === 'deleting');
  return { status: 'ready', beasts: [...waiting, ...newOnes(waiting, names)], after };
}

/** Appends a page. */
export function listedMore(list: BeastList, names: readonly string[], after: string | undefined): BeastList {
  return { status: 'ready', beasts: [...list.beasts, ...newOnes(list.beasts, names)], after };
}

function newOnes(known: readonly Beast[], names: readonly string[]): Beast[] {
  const there = new Set(known.map(({ name }) => name));
  return names.filter((name) => !there.has(name)).map((name) => ({ name, state: 'there' }));
}

/** Adds it at the top, where the user sees it; the next listing sorts it. */
export function adding(list: BeastList, name: string): BeastList {
  const isThere = list.beasts.some((beast) => beast.name === name);
  return isThere ? list : { ...list, beasts: [{ name, state: 'adding' }, ...list.beasts] };
}

/** `deleting` keeps its position, in case the server refuses. */
export function mark(list: BeastList, name: string, state: Beast['state']): BeastList {
  return { ...list, beasts: list.beasts.map((beast) => (beast.name === name ? { name, state } : beast)) };
}

/** Removes a beast that is still in this state. */
export function drop(list: BeastList, name: string, state: Beast['state']): BeastList {
  return { ...list, beasts: list.beasts.filter((beast) => beast.name !== name || beast.state !== state) };
}

/** The visible beasts: those being deleted are already hidden. */
export function shown({ beasts }: BeastList): readonly Beast[] {
  return beasts.filter(({ state }) => state !== 'deleting');
}
