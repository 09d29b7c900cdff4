import { serviceLabel } from '../lib/colours.ts';
import { h, reconcile, setText, styled } from '../lib/dom.ts';
import { chip, fieldRow, selectField, textField } from '../lib/fields.ts';
import { createFlameGraph, type FlameGraph } from '../lib/flame-graph.ts';
import { formatCount, formatExact, formatPercent, formatValue } from '../lib/format.ts';
import { createPanel } from '../lib/panel.ts';
import { formatRoute, type Route } from '../lib/route.ts';
import { type FunctionUse, mergeStacks, type Stack, topFunctions } from '../lib/stacks.ts';
import { rangeToParams } from '../lib/time.ts';
import type { Page, View } from '../lib/view.ts';
import {
  isSnapshot,
  type ProfileChoiceRow,
  type ProfileFilter,
  profileChoicesQuery,
  type StackRow,
  stacksQuery,
} from '../queries/profiles.ts';
import { command, waitingFor } from './empty.ts';

/** The service that answers requests is the most likely one to be looked at. */
const DEFAULT_CHOICE: ProfileFilter = { service: 'mythical-server', type: 'cpu' };

/** How many functions stand beside the graph. */
const TOP_FUNCTIONS = 50;

/** What the code did: where a service spent its time, or what holds its memory. */
export function createFlameView(page: Page): View {
  let choices: ProfileChoiceRow[] = [];
  let chosen: ProfileFilter = DEFAULT_CHOICE;
  let params: Readonly<Record<string, string>> = {};
  let unit = '';
  let drawnRows = '';

  const service = selectField('Service', 'service', (value) =>
    page.setParams({ service: value, type: undefined, span: undefined }),
  );
  const type = selectField('Type', 'type', (value) => page.setParams({ type: value }));
  const search = textField('Search', 'search', (value) => page.setParams({ search: value }, { replace: true }), {
    placeholder: 'part of a function name',
  });
  const idle = h('input', {
    type: 'checkbox',
    'data-testid': 'field-idle',
    onchange: () => page.setParams({ idle: idle.checked ? 'shown' : undefined }),
  });
  const chips = h('span', { class: 'chips' });
  const links = h('span', { class: 'chips' });
  const hint = h('span', { class: 'panel-status' });

  const pointed = h('p', { class: 'flame-status', 'data-testid': 'flame-status' }, '');
  const graph: FlameGraph = createFlameGraph({
    describe: (name, value, total) =>
      `${name}: ${formatValue(value, unit)} (${formatExact(value, unit)}), ${formatPercent(total > 0 ? value / total : 0)}`,
    onPoint: (text) => setText(pointed, text ?? 'Point at a frame for its value, click to zoom in.'),
  });
  setText(pointed, 'Point at a frame for its value, click to zoom in.');

  const tops = h('tbody', { 'data-testid': 'top-functions' });
  const body = h(
    'div',
    { class: 'flame-columns' },
    h('div', { class: 'flame-side' }, pointed, graph.element),
    h(
      'div',
      { class: 'scroll top-functions' },
      h(
        'table',
        {},
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            h('th', { scope: 'col' }, 'Function'),
            h('th', { scope: 'col', class: 'number' }, 'Self'),
            h('th', { scope: 'col', class: 'number' }, 'Total'),
          ),
        ),
        tops,
      ),
    ),
  );

  const panel = createPanel<StackRow>({
    title: 'Flame graph',
    id: 'flame',
    columns: ['stack', 'value', 'unit'],
    body,
    controls: [
      hint,
      h('button', { type: 'button', class: 'quiet-button', onclick: () => graph.resetZoom() }, 'Reset zoom'),
    ],
    empty: () =>
      waitingFor(
        'No samples of this kind in this time.',
        'Profiles arrive every 15 s. Choose another time or type, or let the page ask again.',
      ),
    draw: (rows) => {
      const signature = JSON.stringify(rows);
      if (signature === drawnRows) return;
      drawnRows = signature;
      unit = String(rows[0]?.unit ?? '');
      const stacks = rows.map(
        (row): Stack => ({
          frames: Array.isArray(row.stack) ? row.stack.map(String) : [String(row.stack)],
          value: Number(row.value),
        }),
      );
      const tree = mergeStacks(stacks, `${chosen.service} ${chosen.type}`);
      drawTops(topFunctions(stacks).slice(0, TOP_FUNCTIONS), tree.value);
      void graph.draw(tree).then(() => graph.search(params.search ?? ''));
    },
  });

  function drawTops(functions: FunctionUse[], total: number): void {
    const most = Math.max(1, ...functions.map(({ self }) => self));
    reconcile(
      tops,
      functions,
      ({ name }) => name,
      () => h('tr'),
    );
    functions.forEach(({ name, self, total: all }, index) => {
      const row = styled(tops.children[index] as HTMLElement, { '--share': self / most });
      const signature = `${self} ${all}`;
      if (row.dataset.drawn === signature) return;
      row.dataset.drawn = signature;
      row.replaceChildren(
        h(
          'td',
          {},
          h(
            'button',
            {
              type: 'button',
              class: 'link mono',
              title: `Find ${name} in the graph`,
              onclick: () => page.setParams({ search: name }, { replace: true }),
            },
            name,
          ),
        ),
        h('td', { class: 'number share', title: formatExact(self, unit) }, formatValue(self, unit)),
        h(
          'td',
          { class: 'number', title: formatExact(all, unit) },
          formatValue(all, unit),
          h('small', {}, formatPercent(total > 0 ? all / total : 0)),
        ),
      );
    });
  }

  const choiceList = h('ul', { class: 'choices' });
  const choicePanel = createPanel<ProfileChoiceRow>({
    title: 'Profiles in this time',
    id: 'profile-choices',
    slim: true,
    columns: ['service', 'type', 'unit', 'profiles'],
    body: choiceList,
    empty: () =>
      waitingFor(
        'No profiles in this time yet.',
        'Services push one every 15 s while they run: ',
        command('npm start'),
      ),
    draw: (rows) => {
      choices = rows;
      const signature = JSON.stringify(rows);
      if (choiceList.dataset.drawn === signature) return;
      choiceList.dataset.drawn = signature;
      choiceList.replaceChildren(
        ...[...Map.groupBy(rows, (row) => String(row.service))].map(([name, types]) =>
          h(
            'li',
            {},
            serviceLabel(name),
            ...types.map(({ type, profiles }) =>
              h(
                'a',
                { href: formatRoute('flame', { service: name, type }) },
                `${type} ${formatCount(Number(profiles))}`,
              ),
            ),
          ),
        ),
      );
    },
  });

  /** What the address names; where it leaves something open, the first there is. */
  function choose(): ProfileFilter {
    const has = (name: string) => choices.some((choice) => choice.service === name);
    const { service: defaultService, type: defaultType } = DEFAULT_CHOICE;
    const name = params.service || (has(defaultService) ? defaultService : (choices[0]?.service ?? defaultService));
    const types = choices.filter((choice) => choice.service === name).map((choice) => choice.type);
    const found = params.type || ['cpu', 'wall', 'heap'].find((known) => types.includes(known)) || types[0];
    return { service: name, type: found ?? defaultType, spanId: params.span, idle: params.idle === 'shown' };
  }

  const ask = async () => {
    await choicePanel.show(profileChoicesQuery(page.range()));
    chosen = choose();
    drawChoice();
    await panel.show(stacksQuery(chosen, page.range()));
  };

  function drawChoice(): void {
    const services = [...new Set([...choices.map((choice) => choice.service), ...page.services()])].sort();
    service.setOptions(services.map((value) => ({ value, label: value })));
    service.set(chosen.service);
    const types = [
      ...new Set(choices.filter((choice) => choice.service === chosen.service).map((choice) => choice.type)),
    ];
    type.setOptions(types.map((value) => ({ value, label: TYPE_LABELS[value] ?? value })));
    type.set(chosen.type);
    idle.checked = chosen.idle === true;
    setText(hint, isSnapshot(chosen.type) ? 'newest profile of the range' : 'sum over the range');
    const key = JSON.stringify([chosen, params]);
    if (links.dataset.key === key) return;
    links.dataset.key = key;
    links.replaceChildren(
      h(
        'a',
        {
          href: formatRoute('traces', { service: chosen.service, ...rangeToParams(page.range()) }),
          'data-testid': 'profile-traces',
        },
        'Traces of the same time',
      ),
    );
    const spanId = params.span;
    chips.replaceChildren(...(spanId ? [chip('span', spanId, () => page.setParams({ span: undefined }))] : []));
  }

  return {
    element: h(
      'div',
      { class: 'view', 'data-testid': 'view-flame' },
      h('h1', { class: 'hidden-heading' }, 'Flame graph'),
      fieldRow(
        service.element,
        type.element,
        search.element,
        h('label', { class: 'check' }, idle, 'Idle time'),
        chips,
        links,
      ),
      panel.element,
      choicePanel.element,
    ),
    async open(route: Route) {
      const searchChanged = route.params.search !== params.search;
      params = route.params;
      search.set(params.search ?? '');
      if (searchChanged) graph.search(params.search ?? '');
      await ask();
    },
    refresh: ask,
  };
}

const TYPE_LABELS: Readonly<Record<string, string>> = {
  cpu: 'cpu time',
  wall: 'wall time',
  heap: 'heap, bytes in use',
  heap_objects: 'heap, objects in use',
};
