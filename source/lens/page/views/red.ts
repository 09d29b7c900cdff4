import { type Chart, type ChartOptions, createChart, pivot } from '../lib/chart.ts';
import { seriesColour, serviceLabel } from '../lib/colours.ts';
import { h, reconcile, setText, styled } from '../lib/dom.ts';
import { chip, fieldRow, options, selectField } from '../lib/fields.ts';
import { formatClock, formatCount, formatDuration, formatPercent, formatRate } from '../lib/format.ts';
import { createPanel } from '../lib/panel.ts';
import { parseBound, quantileFromBuckets } from '../lib/quantile.ts';
import { formatRoute, type Route } from '../lib/route.ts';
import { extent, parseTime, stepSeconds } from '../lib/time.ts';
import type { Page, View } from '../lib/view.ts';
import {
  type BucketRow,
  type EndpointRow,
  type ExemplarRow,
  endpointsQuery,
  errorsQuery,
  exemplarQuery,
  type LatencyRow,
  latencyQuery,
  type RedFilter,
  type RedSource,
  rateQuery,
  type SeriesRow,
  type VersionRow,
  versionsQuery,
} from '../queries/red.ts';
import { tracesQuery } from '../queries/traces.ts';
import { command, startHint, waitingFor } from './empty.ts';
import { createTraceTable } from './trace-table.ts';

/** Rate, errors and duration: charts, the same by endpoint and by version, and the traces behind the numbers. */
export function createRedView(page: Page): View {
  let filter: RedFilter = {};
  let source: RedSource = 'spans';

  const service = selectField('Service', 'service', (value) => page.setParams({ service: value }));
  const sourceField = selectField('Measured by', 'source', (value) => page.setParams({ source: value }));
  sourceField.setOptions([
    { value: '', label: 'spans (exact)' },
    { value: 'histogram', label: 'mythical_request_times (buckets)' },
  ]);
  const chips = h('span', { class: 'chips' });

  const rate = seriesPanel('Requests per second', 'rate', { format: formatRate, minTop: 1 });
  const errors = seriesPanel('Errors', 'errors', { format: formatPercent, minTop: 0.05, maxTop: 1 });
  const latency = latencyPanel();
  const endpoints = endpointsPanel();
  const versions = versionsPanel();
  const traces = createTraceTable({ title: 'Newest traces', id: 'red-traces' });

  /** A chart of one value for each series and step. */
  function seriesPanel(title: string, id: string, options: Omit<ChartOptions, 'label'>) {
    const chart = createChart({ label: title, ...options });
    return createPanel<SeriesRow>({
      title,
      id,
      columns: ['time', 'series', 'value'],
      body: chart.element,
      empty: () =>
        waitingFor('No requests in this time yet.', 'They come while the services run: ', command('npm start')),
      draw: (rows) => {
        const points = rows.map((row) => ({
          timeMs: parseTime(row.time),
          series: String(row.series),
          value: Number(row.value),
        }));
        // No row means no request: a rate of nothing, but no share of errors.
        const gap = id === 'rate' ? 0 : null;
        chart.draw({ ...pivot(points, stepSeconds(page.range()), gap, seriesColour), extent: extent(page.range()) });
      },
    });
  }

  function latencyPanel() {
    const chart = createChart({ label: 'Latency', format: formatDuration, minTop: 10 });
    const exemplars = createExemplars(chart);
    const panel = createPanel<LatencyRow & BucketRow>({
      title: 'Latency p50, p95, p99',
      id: 'latency',
      // Either the quantiles themselves, or the buckets to work them out from.
      columns: ['time'],
      body: chart.element,
      empty: () =>
        waitingFor('No requests in this time yet.', 'They come while the services run: ', command('npm start')),
      draw: (rows, { columns }) => {
        const hasBuckets = columns.some(({ name }) => name === 'le');
        exemplars.drawLines(hasBuckets ? linesFromBuckets(rows) : linesFromQuantiles(rows));
      },
      controls: [exemplars.panel.button],
    });
    panel.element.append(exemplars.panel.drawer);
    return {
      element: panel.element,
      show: async () => {
        await Promise.all([panel.show(latencyQuery(source, filter, page.range())), exemplars.ask()]);
      },
    };
  }

  /** The dots on the latency chart come from a query of their own. */
  function createExemplars(chart: Chart) {
    let lines: ReturnType<typeof pivot> = { times: [], series: [] };
    let marks: { time: number; value: number; href: string; label: string }[] = [];
    const draw = () => chart.draw({ ...lines, marks, extent: extent(page.range()) });
    const inner = createPanel<ExemplarRow>({
      title: 'Exemplars',
      id: 'exemplars',
      columns: ['trace_id', 'time', 'value', 'endpoint', 'status'],
      body: h(
        'p',
        { class: 'note' },
        'The dots on the chart: the slowest request of each step that the histogram names with its trace.',
      ),
      draw: (rows) => {
        marks = rows.map((row) => {
          const timeMs = parseTime(row.time);
          const value = Number(row.value);
          return {
            time: timeMs / 1000,
            value,
            href: formatRoute('trace', {}, String(row.trace_id)),
            label: `${formatDuration(value)} ${row.endpoint ?? ''} ${row.status ?? ''} at ${formatClock(new Date(timeMs))}: open the trace`,
          };
        });
        draw();
      },
    });
    const drawer = h('div', { class: 'nested', hidden: true }, inner.element);
    const button = h(
      'button',
      {
        type: 'button',
        class: 'quiet-button',
        'aria-expanded': 'false',
        onclick: () => {
          drawer.hidden = !drawer.hidden;
          button.setAttribute('aria-expanded', String(!drawer.hidden));
        },
      },
      'Exemplars',
    );
    return {
      panel: { button, drawer },
      ask: () => inner.show(exemplarQuery(filter, page.range())),
      drawLines: (next: typeof lines) => {
        lines = next;
        draw();
      },
    };
  }

  function linesFromQuantiles(rows: readonly Partial<LatencyRow>[]) {
    const points = rows.flatMap((row) =>
      QUANTILES.map(({ name }) => ({
        timeMs: parseTime(row.time),
        series: name,
        value: Number(row[name] ?? Number.NaN),
      })),
    );
    return pivot(points, stepSeconds(page.range()), null, quantileColour);
  }

  function linesFromBuckets(rows: readonly BucketRow[]) {
    const points = [...Map.groupBy(rows, ({ time }) => time)].flatMap(([time, ofTime]) => {
      const buckets = ofTime.map(({ le, count }) => ({ le: parseBound(le), count: Number(count) }));
      return QUANTILES.map(({ name, q }) => ({
        timeMs: parseTime(time),
        series: name,
        value: quantileFromBuckets(q, buckets) ?? Number.NaN,
      }));
    });
    return pivot(points, stepSeconds(page.range()), null, quantileColour);
  }

  function endpointsPanel() {
    const body = h('tbody');
    return createPanel<EndpointRow>({
      title: 'By endpoint',
      id: 'endpoints',
      columns: ['service', 'endpoint', 'method', 'requests', 'rate', 'errors', 'p50', 'p95', 'p99'],
      body: h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          { class: 'endpoints' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              h('th', { scope: 'col' }, 'Service'),
              h('th', { scope: 'col' }, 'Endpoint'),
              ...['Rate', 'Errors', 'p50', 'p95', 'p99'].map((name) =>
                h('th', { scope: 'col', class: 'number' }, name),
              ),
              h('th', { scope: 'col' }, 'Traces'),
            ),
          ),
          body,
        ),
      ),
      empty: () => waitingFor('No requests in this time yet.', ...startHint()),
      draw: (rows) => {
        const worst = Math.max(...rows.map(({ errors }) => Number(errors) || 0), 0.000001);
        const drawRow = (element: Element, row: EndpointRow) => drawEndpoint(element as HTMLElement, row, worst);
        reconcile(body, rows, endpointKey, (row) => drawRow(h('tr'), row), drawRow);
      },
    });
  }

  const drawn = new WeakMap<Element, string>();

  function drawEndpoint(element: HTMLElement, row: EndpointRow, worst: number): HTMLElement {
    const method = row.method ?? undefined;
    const picked = filter.endpoint === row.endpoint && filter.method === method && filter.service === row.service;
    const signature = JSON.stringify([row, picked, worst]);
    if (drawn.get(element) === signature) return element;
    drawn.set(element, signature);
    element.classList.toggle('picked', picked);
    const where = { service: row.service, endpoint: row.endpoint, method };
    const share = Number(row.errors);
    const pick = h(
      'button',
      {
        type: 'button',
        class: 'pick',
        'aria-pressed': String(picked),
        title: 'Show only this endpoint above and below',
        onclick: () => page.setParams(picked ? { endpoint: undefined, method: undefined } : where),
      },
      method ? h('span', { class: `method method-${method.toLowerCase()}` }, method) : null,
      String(row.endpoint),
    );
    // A redraw must not take the focus away from the keyboard.
    const focused = element.contains(document.activeElement);
    element.replaceChildren(
      h('td', {}, serviceLabel(String(row.service))),
      h('td', {}, pick),
      h('td', { class: 'number' }, formatRate(Number(row.rate))),
      errorCell(share, worst),
      ...[row.p50, row.p95, row.p99].map((ms) => h('td', { class: 'number' }, formatDuration(Number(ms)))),
      h(
        'td',
        { class: 'links' },
        h('a', { href: formatRoute('traces', where) }, formatCount(Number(row.requests))),
        share > 0
          ? h('a', { class: 'error-link', href: formatRoute('traces', { ...where, status: 'error' }) }, 'errors')
          : null,
      ),
    );
    if (focused) pick.focus();
    return element;
  }

  function versionsPanel() {
    const body = h('tbody');
    return createPanel<VersionRow>({
      title: 'By version',
      id: 'versions',
      columns: ['service', 'version', 'traces', 'errors', 'p95'],
      body: h(
        'div',
        { class: 'scroll' },
        h(
          'table',
          { class: 'versions' },
          h(
            'thead',
            {},
            h(
              'tr',
              {},
              ...['Service', 'Version'].map((name) => h('th', { scope: 'col' }, name)),
              ...['Errors', 'p95', 'Traces'].map((name) => h('th', { scope: 'col', class: 'number' }, name)),
            ),
          ),
          body,
        ),
      ),
      empty: () =>
        waitingFor('No span names a service.version yet.', 'The server adds it to the spans of its requests.'),
      draw: (rows) => {
        const worst = Math.max(...rows.map(({ errors }) => Number(errors) || 0), 0.000001);
        const culprits = findCulprits(rows);
        reconcile(
          body,
          rows,
          ({ service, version }) => `${service} ${version}`,
          () => h('tr'),
        );
        rows.forEach((row, index) => {
          const element = body.children[index] as HTMLElement;
          const signature = JSON.stringify([row, worst, culprits.has(row)]);
          if (drawn.get(element) === signature) return;
          drawn.set(element, signature);
          const where = { service: row.service, version: row.version };
          element.replaceChildren(
            h('td', {}, serviceLabel(String(row.service))),
            h(
              'td',
              { class: 'mono' },
              String(row.version),
              culprits.has(row) ? h('span', { class: 'tag bad' }, 'more errors') : null,
            ),
            errorCell(Number(row.errors), worst),
            h('td', { class: 'number' }, formatDuration(Number(row.p95))),
            h(
              'td',
              { class: 'number links' },
              h('a', { href: formatRoute('traces', where) }, formatCount(Number(row.traces))),
              Number(row.errors) > 0
                ? h('a', { class: 'error-link', href: formatRoute('traces', { ...where, status: 'error' }) }, 'errors')
                : null,
            ),
          );
        });
      },
    });
  }

  const ask = async () => {
    service.setOptions(options(page.services(), 'all'));
    const range = page.range();
    await Promise.all([
      rate.show(rateQuery(source, filter, range)),
      errors.show(errorsQuery(source, filter, range)),
      latency.show(),
      endpoints.show(endpointsQuery(filter, range)),
      versions.show(versionsQuery(filter, range)),
      traces.show(tracesQuery(filter, range, 20)),
    ]);
  };

  return {
    element: h(
      'div',
      { class: 'view', 'data-testid': 'view-red' },
      h('h1', { class: 'hidden-heading' }, 'Rate, errors, duration'),
      fieldRow(service.element, sourceField.element, chips),
      h('div', { class: 'grid charts' }, rate.element, errors.element, latency.element),
      h('div', { class: 'grid tables' }, endpoints.element, versions.element),
      traces.element,
    ),
    async open({ params }: Route) {
      filter = pickParams(params);
      source = params.source === 'histogram' ? 'histogram' : 'spans';
      service.set(params.service ?? '');
      sourceField.set(params.source ?? '');
      chips.replaceChildren(
        ...(['endpoint', 'method', 'version'] as const).flatMap((name) => {
          const value = params[name];
          return value ? [chip(name, value, () => page.setParams({ [name]: undefined }))] : [];
        }),
      );
      await ask();
    },
    refresh: ask,
  };
}

const QUANTILES = [
  { name: 'p50', q: 0.5, colour: 'var(--quantile-0)' },
  { name: 'p95', q: 0.95, colour: 'var(--quantile-1)' },
  { name: 'p99', q: 0.99, colour: 'var(--quantile-2)' },
] as const;

function quantileColour(name: string): string {
  return QUANTILES.find((quantile) => quantile.name === name)?.colour ?? 'var(--text)';
}

function pickParams({ service, endpoint, method, version }: Readonly<Record<string, string>>): RedFilter {
  return {
    service: service || undefined,
    endpoint: endpoint || undefined,
    method: method || undefined,
    version: version || undefined,
  };
}

const endpointKey = ({ service, endpoint, method }: EndpointRow) => JSON.stringify([service, endpoint, method]);

/** A share with a bar that compares it with the worst of its table. */
function errorCell(share: number, worst: number): HTMLElement {
  const cell = h('td', { class: 'number share' });
  setText(cell, formatPercent(share));
  return styled(cell, { '--share': share / worst });
}

/** The versions with clearly more errors than the best one of their service, on enough traces to tell. */
function findCulprits(rows: readonly VersionRow[]): Set<VersionRow> {
  const best = (service: string) =>
    Math.min(...rows.filter((row) => row.service === service).map(({ errors }) => Number(errors)));
  return new Set(
    rows.filter((row) => Number(row.traces) >= 20 && Number(row.errors) > Math.max(0.01, best(row.service) * 2)),
  );
}
