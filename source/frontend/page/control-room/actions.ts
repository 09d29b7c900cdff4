import type { Store } from '@mythical/ui/page/store.ts';
import type { Action, Answer, Api, ApiRequest } from './api.ts';
import { linksTo } from './links.ts';
import { dismiss, follow, notify, type State } from './state.ts';
import { withRequest } from './traffic.ts';

type Refusal = Exclude<Answer, { outcome: 'done' }>;

/** How the control room talks to the API. */
export type Actions = {
  /** Sends the request of a user action, and lists the action with its trace. */
  act(label: string, action: Action, request: ApiRequest): Promise<Answer>;
  /** Shows a failed action, and offers to retry it. */
  reportFailure(title: string, answer: Refusal, retry: () => Promise<void>): void;
  /** A request of the page itself, outside of user actions. */
  ask(path: string): Promise<Answer>;
};

/** @param onBack called when the API is reachable again after an outage */
export function createActions({ get, update }: Store<State>, api: Api, onBack: () => void): Actions {
  let lastId = 0;

  function noteConnection(answer: Answer): void {
    const connection = answer.outcome === 'unreachable' ? 'away' : 'connected';
    const isBack = get().connection === 'away' && connection === 'connected' && get().config !== undefined;
    update((state) => (state.connection === connection ? state : { ...state, connection }));
    if (isBack) onBack();
  }

  return {
    async act(label, action, request) {
      const answer = await api.act(action, request);
      const id = ++lastId;
      const ok = answer.outcome === 'done';
      const { milliseconds, trace } = answer;
      const result = answer.outcome === 'unreachable' ? answer.title : String(answer.status);
      const links = trace && linksTo(trace, get().config!.links);
      update((state) => {
        const traffic = withRequest(state.traffic, { id, ok, milliseconds, label });
        return follow({ ...state, traffic }, { id, label, result, ok, milliseconds, at: new Date(), trace, links });
      });
      noteConnection(answer);
      return answer;
    },
    reportFailure(title, answer, retry) {
      const id = ++lastId;
      const { trace } = answer;
      const reason = answer.outcome === 'refused' ? `${answer.status} ${answer.title}` : answer.title;
      const links = trace && linksTo(trace, get().config!.links);
      const retryOnce = () => {
        update((now) => dismiss(now, id));
        void retry();
      };
      update((state) =>
        notify(state, { id, title, detail: `${reason}: ${answer.detail}`, trace, links, retry: retryOnce }),
      );
    },
    async ask(path) {
      const answer = await api.ask(path);
      noteConnection(answer);
      return answer;
    },
  };
}

/** The response's list; empty if the response isn't a list. */
export function itemsOf<T>({ value }: { value: unknown }): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
