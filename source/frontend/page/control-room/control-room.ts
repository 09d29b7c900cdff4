import type { BrowserConfig } from '@mythical/common/browser-config';
import { loadRum, noRum, type Rum } from '../rum/rum.ts';
import { type Action, type Answer, type ApiRequest, createApi } from './api.ts';
import {
  added,
  adding,
  type BeastList,
  deleted,
  deleting,
  listed,
  listedMore,
  notAdded,
  notDeleted,
} from './beast-list.ts';
import { linksTo } from './links.ts';
import { suggestName } from './names.ts';
import { type Scenario, switched } from './scenario.ts';
import { dismiss, follow, INITIAL, notify, type State, withList, withScenario } from './state.ts';
import { createStore, type Store } from './store.ts';
import { withRequest } from './traffic.ts';

/** What the page can do, each at once and with the server's answer later. Nothing of it throws or rejects. */
export type ControlRoom = {
  state: Pick<Store<State>, 'get' | 'subscribe'>;
  /** Asks for the configuration until there is an answer, then begins. */
  start(): Promise<void>;
  chooseKind(kind: string): void;
  /** @param name empty for the one that is suggested */
  add(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  refresh(): Promise<void>;
  more(): Promise<void>;
  /** @param seconds 0 switches it off */
  switchScenario(name: string, seconds: number): Promise<void>;
  stopScenarios(): Promise<void>;
  dismiss(noticeId: number): void;
  /** An error that React caught. */
  report(error: unknown, context: Record<string, string>): void;
};

const PAGE_SIZE = 12;
/** How often the page asks which scenarios are on; somebody else may switch them too. */
const POLL_MS = 4_000;

/** @param isWatched whether anybody sees the page: else it asks for nothing */
export function createControlRoom(apiUrl: string, isWatched: () => boolean = () => true): ControlRoom {
  const store = createStore<State>(INITIAL);
  const { get, update } = store;
  let rum: Rum = noRum;
  let lastId = 0;
  const api = createApi(apiUrl, () => rum);

  /** Says whether the API is there. Once it is back, what the page shows is asked for anew. */
  function noteConnection(answer: Answer): void {
    const connection = answer.outcome === 'unreachable' ? 'away' : 'connected';
    const isBack = get().connection === 'away' && connection === 'connected' && get().config !== undefined;
    update((state) => (state.connection === connection ? state : { ...state, connection }));
    if (isBack) void refresh();
  }

  /** Does something that the person asked for, and leaves its trail on the page. */
  async function act(label: string, action: Action, request: ApiRequest): Promise<Answer> {
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
  }

  function complain(title: string, answer: Exclude<Answer, { outcome: 'done' }>, retry: () => Promise<void>): void {
    const { trace } = answer;
    const id = ++lastId;
    const reason = answer.outcome === 'refused' ? `${answer.status} ${answer.title}` : answer.title;
    update((state) =>
      notify(state, {
        id,
        title,
        detail: `${reason}: ${answer.detail}`,
        trace,
        links: trace && linksTo(trace, state.config!.links),
        retry: () => {
          update((now) => dismiss(now, id));
          void retry();
        },
      }),
    );
  }

  const changeList = (kind: string, change: (list: BeastList) => BeastList) =>
    update((state) => withList(state, kind, change));

  function attributesOf(kind: string): Record<string, string> {
    return { [get().config!.words.tag]: kind };
  }

  async function list(kind: string, after: string | undefined): Promise<void> {
    const query = new URLSearchParams({ limit: String(PAGE_SIZE), ...(after !== undefined && { after }) });
    const action = { name: `list ${kind}`, event: eventName('listed'), attributes: attributesOf(kind) };
    const answer = await act(`List ${kind}`, action, { method: 'GET', path: `/${kind}?${query}` });
    if (answer.outcome === 'done') {
      const names = itemsOf<{ name: string }>(answer).map(({ name }) => name);
      changeList(kind, (now) => (after === undefined ? listed : listedMore)(now, names, answer.next));
    } else {
      changeList(kind, (now) => ({ ...now, status: now.beasts.length > 0 ? 'ready' : 'failed' }));
      complain(`The list of ${kind} could not be loaded`, answer, () => list(kind, after));
    }
  }

  /** `beast_added`, or `entry_added` for a sober audience. */
  function eventName(what: string): string {
    return `${get().config!.words.one}_${what}`;
  }

  function refresh(): Promise<void> {
    return list(get().kind, undefined);
  }

  async function add(kind: string, name: string): Promise<void> {
    changeList(kind, (now) => adding(now, name));
    const action = { name: `add ${kind}`, event: eventName('added'), attributes: attributesOf(kind) };
    const answer = await act(`Add ${kind} ${name}`, action, { method: 'POST', path: `/${kind}`, body: { name } });
    if (answer.outcome === 'done') return changeList(kind, (now) => added(now, name));
    changeList(kind, (now) => notAdded(now, name));
    complain(`${name} was not added`, answer, () => add(kind, name));
  }

  async function remove(kind: string, name: string): Promise<void> {
    changeList(kind, (now) => deleting(now, name));
    const action = { name: `delete ${kind}`, event: eventName('deleted'), attributes: attributesOf(kind) };
    const answer = await act(`Delete ${kind} ${name}`, action, { method: 'DELETE', path: `/${kind}`, body: { name } });
    if (answer.outcome === 'done') return changeList(kind, (now) => deleted(now, name));
    changeList(kind, (now) => notDeleted(now, name));
    complain(`${name} was not deleted`, answer, () => remove(kind, name));
  }

  async function switchScenario(name: string, seconds: number): Promise<void> {
    const before = get().scenarios.find((scenario) => scenario.name === name);
    update((state) => withScenario(state, name, (scenario) => switched(scenario, seconds, Date.now())));
    const isStart = seconds > 0;
    const answer = await act(
      isStart ? `Start ${name}, ${seconds} s` : `Stop ${name}`,
      {
        name: isStart ? 'start scenario' : 'stop scenario',
        event: isStart ? 'scenario_started' : 'scenario_stopped',
        attributes: { scenario: name },
      },
      isStart
        ? { method: 'POST', path: '/scenarios', body: { name, seconds } }
        : { method: 'DELETE', path: '/scenarios', body: { name } },
    );
    if (answer.outcome !== 'done') {
      update((state) => withScenario(state, name, (scenario) => before ?? scenario));
      const title = `${name} was not ${isStart ? 'started' : 'stopped'}`;
      return complain(title, answer, () => switchScenario(name, seconds));
    }
    if (isStart) update((state) => withScenario(state, name, () => answer.value as Scenario));
  }

  async function stopScenarios(): Promise<void> {
    const before = get().scenarios;
    update((state) => ({ ...state, scenarios: before.map((scenario) => switched(scenario, 0, Date.now())) }));
    const action = { name: 'stop scenarios', event: 'scenario_stopped', attributes: { scenario: 'all' } };
    const answer = await act('Stop all scenarios', action, { method: 'DELETE', path: '/scenarios' });
    if (answer.outcome === 'done') return;
    update((state) => ({ ...state, scenarios: before }));
    complain('The scenarios were not stopped', answer, stopScenarios);
  }

  async function askForScenarios(): Promise<void> {
    const answer = await api.ask('/scenarios?poll');
    noteConnection(answer);
    if (answer.outcome === 'done') update((state) => ({ ...state, scenarios: itemsOf<Scenario>(answer) }));
  }

  async function poll(): Promise<void> {
    if (isWatched()) await askForScenarios();
    setTimeout(poll, POLL_MS);
  }

  async function askForConfig(): Promise<BrowserConfig> {
    for (;;) {
      const answer = await api.ask('/config');
      noteConnection(answer);
      if (answer.outcome === 'done') return answer.value as BrowserConfig;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS / 2));
    }
  }

  return {
    state: store,
    async start() {
      const config = await askForConfig();
      // All that the page consists of is there at once: what came later would push the rest around.
      const [loaded] = await Promise.all([loadRum(config, apiUrl), askForScenarios()]);
      rum = loaded;
      const kind = config.words.kinds[0]!;
      update((state) => ({
        ...state,
        config,
        kind,
        sessionId: rum.sessionId,
        suggestion: suggestName(config.words.tag),
      }));
      rum.view(kind);
      setTimeout(poll, POLL_MS);
      await refresh();
    },
    chooseKind(kind) {
      if (kind === get().kind) return;
      update((state) => ({ ...state, kind }));
      rum.view(kind);
      void refresh();
    },
    add(given) {
      const { kind, suggestion, config } = get();
      const name = given.trim() === '' ? suggestion : given.trim();
      update((state) => ({ ...state, suggestion: suggestName(config!.words.tag) }));
      return add(kind, name);
    },
    remove: (name) => remove(get().kind, name),
    refresh,
    more: () => list(get().kind, get().lists[get().kind]?.after),
    switchScenario,
    stopScenarios,
    dismiss: (id) => update((state) => dismiss(state, id)),
    report: (error, context) => rum.error(error, context),
  };
}

/** The list that an answer should be; whatever else came in its place shows nothing. */
function itemsOf<T>({ value }: { value: unknown }): T[] {
  return Array.isArray(value) ? (value as T[]) : [];
}
