import type { Store } from '@mythical/ui/page/store.ts';
import { type Actions, itemsOf } from './actions.ts';
import type { Action } from './api.ts';
import { adding, type BeastList, drop, listed, listedMore, mark } from './beast-list.ts';
import { type State, withList } from './state.ts';

const PAGE_SIZE = 12;

/** Lists, adds and deletes beasts, with optimistic updates that are undone if the server refuses them. */
export function createBeasts({ get, update }: Store<State>, { act, reportFailure }: Actions) {
  const change = (kind: string, how: (list: BeastList) => BeastList) => update((state) => withList(state, kind, how));

  /** Event names are `beast_added`, or `entry_added` with plain names. */
  function actionOf(verb: string, what: string, kind: string): Action {
    const { tag, one } = get().config!.words;
    return { name: `${verb} ${kind}`, event: `${one}_${what}`, attributes: { [tag]: kind } };
  }

  async function list(kind: string, after?: string): Promise<void> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(after !== undefined && { after }) });
    const request = { method: 'GET', path: `/${kind}?${query}` } as const;
    const answer = await act(`List ${kind}`, actionOf('list', 'listed', kind), request);
    if (answer.outcome === 'done') {
      const names = itemsOf<{ name: string }>(answer).map(({ name }) => name);
      return change(kind, (now) => (after === undefined ? listed : listedMore)(now, names, answer.next));
    }
    change(kind, (now) => ({ ...now, status: now.beasts.length > 0 ? 'ready' : 'failed' }));
    reportFailure(`Failed to load the list of ${kind}`, answer, () => list(kind, after));
  }

  async function add(kind: string, name: string): Promise<void> {
    change(kind, (now) => adding(now, name));
    const request = { method: 'POST', path: `/${kind}`, body: { name } } as const;
    const answer = await act(`Add ${kind} ${name}`, actionOf('add', 'added', kind), request);
    if (answer.outcome === 'done') return change(kind, (now) => mark(now, name, 'added'));
    change(kind, (now) => drop(now, name, 'adding'));
    reportFailure(`${name} was not added`, answer, () => add(kind, name));
  }

  async function remove(kind: string, name: string): Promise<void> {
    change(kind, (now) => mark(now, name, 'deleting'));
    const request = { method: 'DELETE', path: `/${kind}`, body: { name } } as const;
    const answer = await act(`Delete ${kind} ${name}`, actionOf('delete', 'deleted', kind), request);
    if (answer.outcome === 'done') return change(kind, (now) => drop(now, name, 'deleting'));
    change(kind, (now) => mark(now, name, 'there'));
    reportFailure(`${name} was not deleted`, answer, () => remove(kind, name));
  }

  return { list, add, remove };
}
