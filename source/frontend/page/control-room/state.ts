import type { BrowserConfig } from '@mythical/common/browser-config';
import { type BeastList, EMPTY_LIST } from './beast-list.ts';
import type { Links, TraceContext } from './links.ts';
import type { Scenario } from './scenario.ts';
import { NO_TRAFFIC, type Traffic } from './traffic.ts';

/** All that the page shows. */
export type State = {
  connection: 'starting' | 'connected' | 'away';
  /** undefined until the API has answered for the first time. */
  config: BrowserConfig | undefined;
  /** Of the browser's telemetry; undefined if none is collected. */
  sessionId: string | undefined;
  kind: string;
  lists: Readonly<Record<string, BeastList>>;
  /** What is added if the user gives no name. */
  suggestion: string;
  scenarios: readonly Scenario[];
  traffic: Traffic;
  /** The newest first. */
  followed: readonly Followed[];
  /** The newest first. */
  notices: readonly Notice[];
};

/** An action that was done, and where it can be followed. */
export type Followed = {
  id: number;
  label: string;
  /** `201`, or why there is no status. */
  result: string;
  ok: boolean;
  milliseconds: number;
  at: Date;
  trace: TraceContext | undefined;
  links: Links | undefined;
};

/** Something that did not work. It stays until the user dismisses it or tries again. */
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

const MOST_FOLLOWED = 20;
const MOST_NOTICES = 2;

export function follow(state: State, followed: Followed): State {
  return { ...state, followed: [followed, ...state.followed].slice(0, MOST_FOLLOWED) };
}

export function notify(state: State, notice: Notice): State {
  return { ...state, notices: [notice, ...state.notices].slice(0, MOST_NOTICES) };
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
