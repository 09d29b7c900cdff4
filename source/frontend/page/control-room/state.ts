import type { BrowserConfig } from '@mythical/common/browser-config';
import { type BeastList, EMPTY_LIST } from './beast-list.ts';
import type { Links, TraceContext } from './links.ts';
import type { Scenario } from './scenario.ts';
import { NO_TRAFFIC, type Traffic } from './traffic.ts';

export type State = {
  connection: 'starting' | 'connected' | 'away';
  /** undefined until the API's first response. */
  config: BrowserConfig | undefined;
  /** The RUM session; undefined without a collector. */
  sessionId: string | undefined;
  kind: string;
  lists: Readonly<Record<string, BeastList>>;
  /** The default name for a new beast. */
  suggestion: string;
  scenarios: readonly Scenario[];
  traffic: Traffic;
  /** Newest first. */
  followed: readonly Followed[];
  /** Newest first. */
  notices: readonly Notice[];
};

/** A completed action, with links to its telemetry. */
export type Followed = {
  id: number;
  label: string;
  /** The status, or why there is none. */
  result: string;
  ok: boolean;
  milliseconds: number;
  at: Date;
  trace: TraceContext | undefined;
  links: Links | undefined;
};

/** A failed action. Stays until it is dismissed or retried. */
export type Notice = {
  id: number;
  title: string;
  detail: string;
  trace: TraceContext | undefined;
  links: Links | undefined;
  retry: (() => void) | undefined;
};

export const INITIAL: State = {
  connection: 'starting',
  config: undefined,
  sessionId: undefined,
  kind: '',
  lists: {},
  suggestion: '',
  scenarios: [],
  traffic: NO_TRAFFIC,
  followed: [],
  notices: [],
};

const MAX_FOLLOWED = 20;
const MAX_NOTICES = 2;

export function follow(state: State, followed: Followed): State {
  return { ...state, followed: [followed, ...state.followed].slice(0, MAX_FOLLOWED) };
}

export function notify(state: State, notice: Notice): State {
  return { ...state, notices: [notice, ...state.notices].slice(0, MAX_NOTICES) };
}

export function dismiss(state: State, id: number): State {
  return { ...state, notices: state.notices.filter((notice) => notice.id !== id) };
}

export function withList(state: State, kind: string, change: (list: BeastList) => BeastList): State {
  return { ...state, lists: { ...state.lists, [kind]: change(state.lists[kind] ?? EMPTY_LIST) } };
}

export function withScenario(state: State, name: string, change: (scenario: Scenario) => Scenario): State {
  return {
    ...state,
    scenarios: state.scenarios.map((scenario) => (scenario.name === name ? change(scenario) : scenario)),
  };
}
