import { serviceColour, serviceLabel } from '../lib/colours.ts';
import { h, setText, styled } from '../lib/dom.ts';
import { formatDuration, formatTime } from '../lib/format.ts';
import { createLiveList } from '../lib/live-list.ts';
import { createPanel, type Panel } from '../lib/panel.ts';
import { formatRoute } from '../lib/route.ts';
import type { Sql } from '../lib/sql.ts';
import { parseTime } from '../lib/time.ts';
import type { TraceRow } from '../queries/traces.ts';
import { startHint, waitingFor } from './empty.ts';

/** The newest traces as a panel, used by the trace search and below the RED charts. */
export function createTraceTable({ title, id }: { title: string; id: string }): Pick<Panel, 'element' | 'show'> {
  const body = h('tbody', { 'data-testid': 'trace-rows' });
  let longest = 1;

  const list = createLiveList<TraceRow>({
    container: body,
    key: (row) => String(row.trace_id),
    create: (row) => {
      const element = h('tr', { onclick: (event: MouseEvent) => follow(event, element) });
      fill(element, row);
      return element;
    },
    update: (element, row) => fill(element as HTMLElement, row),
  });

  const signatures = new WeakMap<Element, string>();
  const fill = (element: HTMLElement, row: TraceRow) => {
    // The bars compare with the longest trace of the list, so they move on their own.
    styled(element, { '--share': Math.min(1, Number(row.duration_ms) / longest) });
    const signature = JSON.stringify(row);
    if (signatures.get(element) === signature) return;
    signatures.set(element, signature);
    const errors = Number(row.errors);
    const services = Array.isArray(row.services) ? row.services.map(String) : [];
    const started = new Date(parseTime(row.started));
    element.classList.toggle('failed', errors > 0);
    element.replaceChildren(
      h('td', { class: 'time mono' }, h('time', { title: String(row.started) }, formatTime(started))),
      h(
        'td',
        { class: 'root' },
        h(
          'a',
          { href: formatRoute('trace', {}, String(row.trace_id)), title: `Trace ${row.trace_id}` },
          serviceLabel(String(row.root_service)),
          ' ',
          h('b', {}, String(row.root_name)),
        ),
        row.endpoint && h('span', { class: 'tag' }, [row.method, row.endpoint].filter(Boolean).join(' ')),
      ),
      h(
        'td',
        { class: 'trace-services', title: services.join(', '), 'aria-label': services.join(', ') },
        ...services.map((service) =>
          styled(h('i', { class: 'dot', 'aria-hidden': 'true' }), { '--c': serviceColour(service) }),
        ),
        h('span', {}, services.length),
      ),
      h('td', { class: 'number spans' }, Number(row.spans)),
      h('td', { class: 'number share' }, h('span', {}, formatDuration(Number(row.duration_ms)))),
      h('td', { class: 'number errors' }, errors > 0 ? h('span', { class: 'error-count' }, errors) : '0'),
    );
  };

  const count = h('span', { class: 'panel-status' });
  const panel = createPanel<TraceRow>({
    title,
    id,
    columns: [
      'trace_id',
      'started',
      'root_service',
      'root_name',
      'endpoint',
      'method',
      'services',
      'spans',
      'duration_ms',
      'errors',
    ],
    body: h(
      'table',
      { class: 'traces' },
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          ...['Time', 'Root', 'Services'].map((name) => h('th', { scope: 'col' }, name)),
          ...['Spans', 'Duration', 'Errors'].map((name) => h('th', { scope: 'col', class: 'number' }, name)),
        ),
      ),
      body,
    ),
    controls: [list.waiting, count],
    empty: () => waitingFor('No traces in this time, or none that meets the conditions.', ...startHint()),
    draw(rows) {
      longest = Math.max(1, ...rows.map((row) => Number(row.duration_ms) || 0));
      setText(count, rows.length === 0 ? '' : `newest ${rows.length}`);
      list.show(rows, fresh);
      fresh = false;
    },
  });

  let asked = '';
  let fresh = true;
  return {
    element: panel.element,
    async show(query: Sql) {
      if (query.text !== asked) fresh = true;
      asked = query.text;
      await panel.show(query);
    },
  };
}

/** A click anywhere on a row opens its trace, unless it was to select text or meant the link itself. */
function follow(event: MouseEvent, row: HTMLElement): void {
  if ((event.target as Element).closest('a') !== null || getSelection()?.isCollapsed === false) return;
  const href = row.querySelector('a')?.getAttribute('href');
  if (href) location.hash = href;
}
