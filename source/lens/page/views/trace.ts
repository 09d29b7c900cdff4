import { serviceLabel } from '../lib/colours.ts';
import { h, reconcile, setText } from '../lib/dom.ts';
import { formatDuration, formatTime } from '../lib/format.ts';
import { icon } from '../lib/icons.ts';
import { createPanel } from '../lib/panel.ts';
import { formatRoute, type Route } from '../lib/route.ts';
import { around, parseTime, rangeToParams } from '../lib/time.ts';
import { layoutWaterfall, type Span, type Waterfall } from '../lib/trace.ts';
import type { Page, View } from '../lib/view.ts';
import { type LogRow, traceLogsQuery } from '../queries/logs.ts';
import { type ProfiledSpanRow, profiledSpansQuery, type SpanRow, spansQuery } from '../queries/traces.ts';
import { waitingFor } from './empty.ts';
import { logLine } from './log-line.ts';
import { createWaterfall } from './waterfall.ts';

/** One trace: its spans on a time axis, with what was logged meanwhile and where the profiler looked. */
export function createTraceView(page: Page): View {
  let traceId = '';
  let wantedSpan: string | undefined;
  let trace: Waterfall = layoutWaterfall([]);
  let logs: LogRow[] = [];
  let profiled: ProfiledSpanRow[] = [];

  const head = h('div', { class: 'trace-head', 'data-testid': 'trace-head' });
  const waterfall = createWaterfall({
    onSelect: (span) => page.setParams({ span: span?.spanId }, { replace: true }),
  });
  const logToggle = h('input', {
    type: 'checkbox',
    checked: true,
    'data-testid': 'trace-logs-toggle',
    onchange: () => waterfall.setShowsLogs(logToggle.checked),
  });

  const draw = () => {
    drawHead();
    waterfall.draw(trace, logs, profiled);
    if (wantedSpan !== undefined && waterfall.reveal(wantedSpan)) wantedSpan = undefined;
  };

  const spans = createPanel<SpanRow>({
    title: 'Spans',
    id: 'waterfall',
    columns: ['span_id', 'parent_span_id', 'service', 'name', 'kind', 'start_time', 'duration_ms', 'status'],
    body: waterfall.element,
    controls: [
      waterfall.wholeTrace,
      h('button', { type: 'button', class: 'quiet-button', onclick: () => waterfall.collapseAll(false) }, 'Expand all'),
      h(
        'button',
        { type: 'button', class: 'quiet-button', onclick: () => waterfall.collapseAll(true) },
        'Collapse all',
      ),
      h('label', { class: 'check' }, logToggle, 'Log lines'),
    ],
    empty: () =>
      waitingFor(
        'lens has no span of this trace.',
        'It is older than the hour that lens keeps, was not sampled, or is still on its way: spans are sent every 5 s. The page goes on asking.',
      ),
    draw: (rows) => {
      trace = layoutWaterfall(rows.map(toSpan));
      draw();
    },
  });

  const logRows = h('ol', { class: 'log-lines' });
  const logPanel = createPanel<LogRow>({
    title: 'Log lines of this trace',
    id: 'trace-logs',
    columns: ['time', 'service', 'level', 'trace_id', 'span_id', 'body', 'attributes'],
    body: logRows,
    empty: () => waitingFor('No log line names this trace.', 'Lines carry traceID= while a span is active.'),
    draw: (rows) => {
      logs = rows;
      reconcile(
        logRows,
        rows,
        (row) => `${row.time} ${row.service} ${row.body}`,
        (row) => logLine(row, { linked: false }),
      );
      draw();
    },
  });

  const profilePanel = createPanel<ProfiledSpanRow>({
    title: 'Profiled spans',
    id: 'trace-profiles',
    slim: true,
    columns: ['span_id', 'type', 'service'],
    body: h('p', { class: 'note' }, 'Spans with profile samples of their own have a button to their flame graph.'),
    empty: () =>
      waitingFor('No profile sample names a span of this trace.', 'Profilers look at a short request only by chance.'),
    draw: (rows) => {
      profiled = rows;
      draw();
    },
  });

  function drawHead(): void {
    const { root, rows, startMs, durationMs, services, errors } = trace;
    const key = JSON.stringify([traceId, root?.name, rows.length, durationMs, errors]);
    if (head.dataset.key === key) return;
    head.dataset.key = key;
    if (root === undefined) {
      head.replaceChildren(h('h1', {}, 'Trace'), h('code', {}, traceId));
      return;
    }
    const time = rangeToParams(around(startMs, 60, durationMs));
    head.replaceChildren(
      h(
        'h1',
        {},
        serviceLabel(root.service),
        ' ',
        root.name,
        errors > 0 ? h('span', { class: 'tag bad' }, `${errors} ${errors === 1 ? 'error' : 'errors'}`) : null,
      ),
      h(
        'dl',
        { class: 'facts' },
        fact('trace', h('code', {}, traceId), ...copyButton(traceId)),
        fact('started', h('time', { title: new Date(startMs).toISOString() }, formatTime(new Date(startMs)))),
        fact('duration', formatDuration(durationMs)),
        fact('spans', String(rows.length)),
      ),
      h(
        'ul',
        { class: 'service-legend' },
        ...services.map((service) =>
          h(
            'li',
            {},
            serviceLabel(service),
            h('small', { class: 'service-count' }, rows.filter(({ span }) => span.service === service).length),
          ),
        ),
      ),
      h(
        'div',
        { class: 'actions' },
        h('a', { class: 'button', href: formatRoute('logs', { trace: traceId, ...time }) }, icon('log'), 'Logs'),
        h(
          'a',
          { class: 'button', href: formatRoute('flame', { service: root.service, ...time }) },
          icon('flame'),
          'Flame graph',
        ),
        h('a', { class: 'button', href: formatRoute('traces', { ...time }) }, 'Traces of the same time'),
      ),
    );
  }

  const ask = async () => {
    await Promise.all([
      spans.show(spansQuery(traceId)),
      logPanel.show(traceLogsQuery(traceId)),
      profilePanel.show(profiledSpansQuery(traceId)),
    ]);
  };

  return {
    element: h(
      'div',
      { class: 'view', 'data-testid': 'view-trace' },
      h('a', { class: 'back', href: '#/traces' }, 'All traces'),
      head,
      spans.element,
      logPanel.element,
      profilePanel.element,
    ),
    async open({ id, params }: Route) {
      if (id !== traceId) {
        traceId = id;
        trace = layoutWaterfall([]);
        logs = [];
        profiled = [];
        waterfall.reset();
        draw();
      }
      if (params.span && params.span !== waterfall.selected()) wantedSpan = params.span;
      await ask();
    },
    refresh: ask,
  };
}

function toSpan(row: SpanRow): Span {
  return {
    traceId: String(row.trace_id),
    spanId: String(row.span_id),
    parentSpanId: row.parent_span_id || null,
    service: String(row.service),
    name: String(row.name),
    kind: String(row.kind),
    startMs: parseTime(row.start_time),
    durationMs: Number(row.duration_ms),
    status: String(row.status),
    statusMessage: row.status_message ?? '',
    attributes: row.attributes ?? {},
    resource: row.resource ?? {},
    events: row.events ?? [],
    links: (row.links ?? []).map((link) => ({
      traceId: link.trace_id,
      spanId: link.span_id,
      attributes: link.attributes ?? {},
    })),
  };
}

function fact(name: string, ...value: (Node | string)[]): HTMLElement {
  return h('div', {}, h('dt', {}, name), h('dd', {}, ...value));
}

/** Nothing where the browser keeps the clipboard from pages: over plain HTTP from another machine. */
function copyButton(text: string): HTMLElement[] {
  if (!isSecureContext) return [];
  const said = h('span', { class: 'said', role: 'status' });
  const button = h(
    'button',
    {
      type: 'button',
      class: 'icon-button small',
      'aria-label': `Copy ${text}`,
      title: 'Copy',
      onclick: async () => {
        await navigator.clipboard.writeText(text);
        setText(said, 'copied');
        setTimeout(() => setText(said, ''), 1500);
      },
    },
    icon('copy'),
  );
  return [h('span', { class: 'copy' }, button, said)];
}
