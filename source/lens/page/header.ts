import { query, type Result, rowsOf, type Summary, summary, Unreachable } from './lib/api.ts';
import { h, setAttribute, setText } from './lib/dom.ts';
import { formatAgo, formatClock, formatCount } from './lib/format.ts';
import { icon } from './lib/icons.ts';
import { formatRoute, type Route } from './lib/route.ts';
import { currentTheme, setTheme, type Theme } from './lib/theme.ts';
import { parseTime, RANGES_MINUTES, rangeToParams, type TimeRange } from './lib/time.ts';
import { NEWEST_QUERY } from './queries/newest.ts';

/** What stands above every view: where to go, how much there is and whether more is coming, time range, and theme. */
export type Header = {
  element: HTMLElement;
  showRoute(route: Route, range: TimeRange): void;
  refresh(): Promise<void>;
  services(): string[];
  isAutoRefresh(): boolean;
};

export type HeaderOptions = {
  onRange: (range: TimeRange) => void;
  onTheme: () => void;
  onRefresh: () => void;
  onAutoRefresh: (on: boolean) => void;
};

const TABS = [
  ['red', 'RED'],
  ['traces', 'Traces'],
  ['logs', 'Logs'],
  ['flame', 'Flame graph'],
  ['sql', 'SQL'],
] as const;

/** A signal without news for this long has gone quiet. Profiles come every 15 s. */
const QUIET_AFTER_MS = { spans: 20_000, logs: 20_000, metricSamples: 20_000, profiles: 45_000 };

const SIGNALS = [
  ['spans', 'spans'],
  ['logs', 'log lines'],
  ['metricSamples', 'metric samples'],
  ['profiles', 'profiles'],
] as const;
type Signal = (typeof SIGNALS)[number][0];

export function createHeader({ onRange, onTheme, onRefresh, onAutoRefresh }: HeaderOptions): Header {
  let known: string[] = [];

  const tabs = TABS.map(([view, label]) => ({ view, link: h('a', { href: formatRoute(view) }, label) }));
  const rangeSelect = h('select', {
    'aria-label': 'Time range',
    'data-testid': 'range',
    onchange: () => rangeSelect.value !== 'fixed' && onRange({ minutes: Number(rangeSelect.value) }),
  });
  const auto = h('input', {
    type: 'checkbox',
    'data-testid': 'auto-refresh',
    checked: localStorage.getItem('lens.auto-refresh') !== 'off',
    onchange: () => {
      localStorage.setItem('lens.auto-refresh', auto.checked ? 'on' : 'off');
      onAutoRefresh(auto.checked);
    },
  });
  const themeButton = h(
    'button',
    {
      type: 'button',
      class: 'icon-button',
      'data-testid': 'theme',
      onclick: () => {
        setTheme(currentTheme() === 'dark' ? 'light' : 'dark');
        nameTheme();
        onTheme();
      },
    },
    icon('theme'),
  );
  const nameTheme = () => {
    const other: Theme = currentTheme() === 'dark' ? 'light' : 'dark';
    themeButton.setAttribute('aria-label', `Change to the ${other} theme`);
    themeButton.title = `Change to the ${other} theme`;
  };
  nameTheme();
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    nameTheme();
    onTheme();
  });

  const state = h('strong', { class: 'state', 'data-testid': 'state', role: 'status' }, 'connecting');
  const serviceCount = stat('services');
  const signals = SIGNALS.map(([signal, label]) => ({ signal, ...stat(label, `count-${signal}`) }));

  const element = h(
    'header',
    { class: 'page-head' },
    h('a', { class: 'skip', href: '#main', onclick: (event: Event) => skipToMain(event) }, 'Skip to content'),
    h(
      'div',
      { class: 'bar' },
      h('a', { class: 'brand', href: '#/red' }, h('b', {}, 'lens'), h('span', {}, 'telemetry of the Mythical sandbox')),
      h('nav', { 'aria-label': 'Views' }, ...tabs.map(({ link }) => link)),
      h(
        'div',
        { class: 'tools' },
        rangeSelect,
        h('label', { class: 'check', title: 'Ask for new data every 5 s' }, auto, 'Auto'),
        h(
          'button',
          {
            type: 'button',
            class: 'icon-button',
            'aria-label': 'Refresh now',
            title: 'Refresh now',
            onclick: () => onRefresh(),
          },
          icon('refresh'),
        ),
        themeButton,
      ),
    ),
    h(
      'dl',
      { class: 'stats' },
      h('div', { class: 'stat state-box' }, h('dt', {}, 'state'), h('dd', {}, state)),
      serviceCount.element,
      ...signals.map((signal) => signal.element),
    ),
  );

  return {
    element,
    services: () => known,
    isAutoRefresh: () => auto.checked,

    showRoute(route, range) {
      const active = route.view === 'trace' ? 'traces' : route.view;
      for (const { view, link } of tabs) {
        link.href = formatRoute(view, rangeToParams(range));
        setAttribute(link, 'aria-current', view === active ? 'page' : false);
      }
      rangeSelect.replaceChildren(
        ...('from' in range
          ? [h('option', { value: 'fixed' }, `${formatClock(range.from)} – ${formatClock(range.to)}`)]
          : []),
        ...RANGES_MINUTES.map((minutes) => h('option', { value: minutes }, `Last ${minutes} min`)),
      );
      rangeSelect.value = 'minutes' in range ? String(range.minutes) : 'fixed';
    },

    async refresh() {
      try {
        const [counts, newest] = await Promise.all([summary(), query(NEWEST_QUERY.text)]);
        known = counts.services.map(({ name }) => name).sort();
        showCounts(counts, newest);
      } catch (error) {
        setText(state, error instanceof Unreachable ? 'no answer' : 'trouble');
        state.title = error instanceof Error ? error.message : String(error);
        state.dataset.state = 'lost';
      }
    },
  };

  function showCounts(counts: Summary, newest: Result): void {
    const [row] = rowsOf<Record<Signal | 'now', string | null>>(newest);
    const now = parseTime(row?.now);
    const age = (signal: Signal) => now - parseTime(row?.[signal]);

    setText(serviceCount.value, String(counts.services.length));
    serviceCount.element.title = known.join(', ');
    setText(serviceCount.note, known.length === 0 ? 'none yet' : 'sending');
    for (const { signal, value, note } of signals) {
      setText(value, formatCount(counts[signal]));
      const ms = age(signal);
      setText(note, Number.isNaN(ms) ? 'none yet' : formatAgo(ms));
      note.classList.toggle('quiet', !(ms < QUIET_AFTER_MS[signal]));
    }

    const ages = SIGNALS.map(([signal]) => age(signal)).filter((ms) => !Number.isNaN(ms));
    const receiving = SIGNALS.some(([signal]) => age(signal) < QUIET_AFTER_MS[signal]);
    state.dataset.state = receiving ? 'receiving' : ages.length === 0 ? 'waiting' : 'quiet';
    const since = formatClock(new Date(Date.now() - Math.min(...ages)));
    setText(state, receiving ? 'receiving' : ages.length === 0 ? 'waiting for data' : `quiet since ${since}`);
  }
}

function stat(label: string, testid?: string) {
  const value = h('span', { class: 'value', 'data-testid': testid }, '–');
  const note = h('span', { class: 'age' }, '');
  return { value, note, element: h('div', { class: 'stat' }, h('dt', {}, label), h('dd', {}, value, note)) };
}

/** The address belongs to the router, so that this link can't simply be one. */
function skipToMain(event: Event): void {
  event.preventDefault();
  const main = document.getElementById('main');
  main?.setAttribute('tabindex', '-1');
  main?.focus();
}
