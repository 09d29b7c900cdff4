/**
 * The beasts of one kind as the page shows them: what the server listed, changed at once by what the person does, and
 * changed back where the server refuses.
 */
export type BeastList = {
  status: 'loading' | 'ready' | 'failed';
  beasts: readonly Beast[];
  /** The name after which the next page begins; undefined on the last page. */
  after: string | undefined;
};

export type Beast = {
  name: string;
  /** `adding` and `deleting` wait for the server's answer; `added` was added on this page. */
  state: 'there' | 'adding' | 'added' | 'deleting';
};

export const EMPTY_LIST: BeastList = { status: 'loading', beasts: [], after: undefined };

/** The first page. What still waits for an answer is kept, as the list may be older than it. */
export function listed(list: BeastList, names: readonly string[], after: string | undefined): BeastList {
  const waiting = list.beasts.filter(({ state }) => state === 'adding' || state === 'deleting');
  return { status: 'ready', beasts: [...waiting, ...newOnes(waiting, names)], after };
}

/** A further page. */
export function listedMore(list: BeastList, names: readonly string[], after: string | undefined): BeastList {
  return { status: 'ready', beasts: [...list.beasts, ...newOnes(list.beasts, names)], after };
}

function newOnes(known: readonly Beast[], names: readonly string[]): Beast[] {
  const there = new Set(known.map(({ name }) => name));
  return names.filter((name) => !there.has(name)).map((name) => ({ name, state: 'there' }));
}

/** On top, where the user sees it; the next listing moves it to its place. */
export function adding(list: BeastList, name: string): BeastList {
  return has(list, name) ? list : { ...list, beasts: [{ name, state: 'adding' }, ...list.beasts] };
}

export function has(list: BeastList, name: string): boolean {
  return list.beasts.some((beast) => beast.name === name);
}

export function added(list: BeastList, name: string): BeastList {
  return withState(list, name, 'added');
}

export function notAdded(list: BeastList, name: string): BeastList {
  return { ...list, beasts: list.beasts.filter((beast) => beast.name !== name || beast.state !== 'adding') };
}

/** It keeps its place while it waits, so that it can come back there. */
export function deleting(list: BeastList, name: string): BeastList {
  return withState(list, name, 'deleting');
}

export function deleted(list: BeastList, name: string): BeastList {
  return { ...list, beasts: list.beasts.filter((beast) => beast.name !== name || beast.state !== 'deleting') };
}

export function notDeleted(list: BeastList, name: string): BeastList {
  return withState(list, name, 'there');
}

/** Those that the person sees: what is being deleted is gone already, unless the server refuses. */
export function shown({ beasts }: BeastList): readonly Beast[] {
  return beasts.filter(({ state }) => state !== 'deleting');
}

function withState(list: BeastList, name: string, state: Beast['state']): BeastList {
  return { ...list, beasts: list.beasts.map((beast) => (beast.name === name ? { name, state } : beast)) };
}
