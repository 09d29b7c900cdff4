import type { BrowserConfig } from '@mythical/common/browser-config';
import { createStore, type Store } from '@mythical/ui/page/store.ts';
import { loadRum, noRum } from '../rum/load-rum.ts';
import type { Rum } from '../rum/rum.ts';
import { type Actions, createActions } from './actions.ts';
import { createApi } from './api.ts';
import { createBeasts } from './beasts.ts';
import { suggestName } from './names.ts';
import { createScenarios } from './scenarios.ts';
import { dismiss, INITIAL, type State } from './state.ts';

/** What the page can do. State changes are immediate; responses arrive later. Nothing throws or rejects. */
export type ControlRoom = {
  state: Pick<Store<State>, 'get' | 'subscribe'>;
  /** Retries until the configuration is loaded, then starts. */
  start(): Promise<void>;
  chooseKind(kind: string): void;
  /** @param name if empty, the suggested name is used */
  add(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  refresh(): Promise<void>;
  more(): Promise<void>;
  /** @param seconds 0 stops it */
  switchScenario(name: string, seconds: number): Promise<void>;
  stopScenarios(): Promise<void>;
  dismiss(noticeId: number): void;
  /** Reports an error that React caught. */
  report(error: unknown, context: Record<string, string>): void;
};

/** Polling interval for active scenarios, which other users may change too. */
const POLL_MS = 4_000;

/** @param isWatched whether the page is visible: hidden pages don't poll */
export function createControlRoom(apiUrl: string, isWatched: () => boolean = () => true): ControlRoom {
  const store = createStore<State>(INITIAL);
  const { get, update } = store;
  let rum: Rum = noRum;
  const api = createApi(apiUrl, () => rum);
  const refresh = () => beasts.list(get().kind);
  const actions = createActions(store, api, () => void refresh());
  const beasts = createBeasts(store, actions);
  const { switchScenario, stopScenarios, refreshScenarios } = createScenarios(store, actions);

  async function poll(): Promise<void> {
    if (isWatched()) await refreshScenarios();
    setTimeout(poll, POLL_MS);
  }

  return {
    state: store,
    async start() {
      const config = await askForConfig(actions, store);
      // Render everything at once to avoid layout shifts.
      [rum] = await Promise.all([loadRum(config, apiUrl), refreshScenarios()]);
      const kind = config.words.kinds[0]!;
      const suggestion = suggestName(config.words.tag);
      update((state) => ({ ...state, config, kind, suggestion, sessionId: rum.sessionId }));
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
      update((state) => ({ ...state, suggestion: suggestName(config!.words.tag) }));
      return beasts.add(kind, given.trim() || suggestion);
    },
    remove: (name) => beasts.remove(get().kind, name),
    refresh,
    more: () => beasts.list(get().kind, get().lists[get().kind]?.after),
    switchScenario,
    stopScenarios,
    dismiss: (id) => update((state) => dismiss(state, id)),
    report: (error, context) => rum.error(error, context),
  };
}

async function askForConfig({ ask }: Actions, { update }: Store<State>): Promise<BrowserConfig> {
  for (;;) {
    const answer = await ask('/config');
    if (answer.outcome === 'done' && isConfig(answer.value)) return answer.value;
    // Also if something else answers in the API's place.
    update((state) => ({ ...state, connection: 'away' }));
    await new Promise((resolve) => setTimeout(resolve, POLL_MS / 2));
  }
}

function isConfig(value: unknown): value is BrowserConfig {
  return typeof value === 'object' && value !== null && 'words' in value;
}
