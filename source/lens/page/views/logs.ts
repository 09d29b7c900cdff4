import { createChart, pivot } from '../lib/chart.ts';
import { hash } from '../lib/colours.ts';
import { h, setText } from '../lib/dom.ts';
import { chip, fieldRow, options, selectField, textField } from '../lib/fields.ts';
import { formatCount } from '../lib/format.ts';
import { createLiveList } from '../lib/live-list.ts';
import { createPanel } from '../lib/panel.ts';
import { formatRoute, type Route } from '../lib/route.ts';
import { extent, parseTime, stepSeconds } from '../lib/time.ts';
import type { Page, View } from '../lib/view.ts';
import { LEVELS, type LogFilter, type LogRow, logsQuery, type VolumeRow, volumeQuery } from '../queries/logs.ts';
import { command, waitingFor } from './empty.ts';
import { logLine } from './log-line.ts';

/** How many lines come, by level, and the newest of them. */
export function createLogsView(page: Page): View {
  const set = (name: string) => (value: string) => page.setParams({ [name]: value });
  const service = selectField('Service', 'service', set('service'));
  const level = selectField('Level', 'level', set('level'));
  level.setOptions(options(LEVELS, 'any'));
  const text = textField('Text', 'text', (value) => page.setParams({ text: value }, { replace: true }), {
    placeholder: 'in the line',
  });
  const chips = h('span', { class: 'chips' });

  const chart = createChart({ label: 'Log lines', format: formatCount, style: 'stacked bars', minTop: 5, height: 110 });
  const volume = createPanel<VolumeRow>({
    title: 'Volume',
    id: 'log-volume',
    columns: ['time', 'level', 'lines'],
    body: chart.element,
    empty: () =>
      waitingFor('No log lines in this time.', 'The services push them to ', command('/loki/api/v1/push'), '.'),
    draw: (rows) => {
      const points = rows.map((row) => ({
        timeMs: parseTime(row.time),
        series: String(row.level),
        value: Number(row.lines),
      }));
      const lines = pivot(points, stepSeconds(page.range()), 0, (name) => `var(--level-${name})`);
      const rank = (name: string) => LEVELS.findIndex((level: string) => level === name);
      chart.draw({
        ...lines,
        series: lines.series.sort((a, b) => rank(a.name) - rank(b.name)),
        extent: extent(page.range()),
      });
    },
  });

  const rows = h('ol', { class: 'log-lines', 'data-testid': 'log-lines' });
  const list = createLiveList<LogRow>({
    container: rows,
    key: (row) => `${row.time} ${row.service} ${row.span_id} ${hash(String(row.body))}`,
    create: (row) => logLine(row),
  });
  const count = h('span', { class: 'panel-status' });
  let asked = '';
  let fresh = true;
  const lines = createPanel<LogRow>({
    title: 'Lines',
    id: 'logs',
    columns: ['time', 'service', 'level', 'trace_id', 'span_id', 'body', 'attributes'],
    body: rows,
    controls: [list.waiting, count],
    empty: () =>
      waitingFor(
        'No log lines in this time that meet the conditions.',
        'They come while the services run: ',
        command('npm start'),
      ),
    draw: (found) => {
      setText(count, found.length === 0 ? '' : `newest ${found.length}`);
      list.show(found, fresh);
      fresh = false;
    },
  });

  let filter: LogFilter = {};
  const ask = async () => {
    service.setOptions(options(page.services(), 'any'));
    const query = logsQuery(filter, page.range());
    fresh ||= query.text !== asked;
    asked = query.text;
    await Promise.all([volume.show(volumeQuery(filter, page.range())), lines.show(query)]);
  };

  return {
    element: h(
      'div',
      { class: 'view', 'data-testid': 'view-logs' },
      h('h1', { class: 'hidden-heading' }, 'Logs'),
      fieldRow(service.element, level.element, text.element, chips),
      volume.element,
      lines.element,
    ),
    async open({ params }: Route) {
      filter = { service: params.service, level: params.level, text: params.text, traceId: params.trace };
      service.set(params.service ?? '');
      level.set(params.level ?? '');
      text.set(params.text ?? '');
      chips.replaceChildren(
        ...(filter.traceId
          ? [
              chip('trace', filter.traceId, () => page.setParams({ trace: undefined })),
              h('a', { href: formatRoute('trace', {}, filter.traceId) }, 'open the trace'),
            ]
          : []),
      );
      await ask();
    },
    refresh: ask,
  };
}
