import { serviceLabel } from '../lib/colours.ts';
import { type Child, h } from '../lib/dom.ts';
import { formatAny, formatDuration } from '../lib/format.ts';
import { icon } from '../lib/icons.ts';
import { formatRoute } from '../lib/route.ts';
import { around, parseTime, rangeToParams } from '../lib/time.ts';
import type { SpanEvent, SpanLink, WaterfallRow } from '../lib/trace.ts';
import type { LogRow } from '../queries/logs.ts';
import { definitions, logLine } from './log-line.ts';

/** Profiles are sent every 15 s, with the time of their start: this much to each side of a span finds those over it. */
const PROFILE_SECONDS = 30;

export type SpanDetailOptions = {
  row: WaterfallRow;
  traceStartMs: number;
  /** The lines that were written while the span was active. */
  logs: readonly LogRow[];
  /** Of profile samples that carry this span's id. */
  profileTypes: readonly string[];
  onZoom: () => void;
};

/** All that is known of a span, and the ways on from it. */
export function spanDetail({ row, traceStartMs, logs, profileTypes, onZoom }: SpanDetailOptions): HTMLElement {
  const { span, queue } = row;
  const time = rangeToParams(around(span.startMs, PROFILE_SECONDS, span.durationMs));
  return h(
    'div',
    { class: 'span-detail', 'data-testid': 'span-detail' },
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'button', onclick: onZoom }, 'Zoom to this span'),
      h(
        'a',
        {
          class: 'button',
          href: formatRoute('flame', { service: span.service, ...time }),
          title: `${span.service}, ${PROFILE_SECONDS} s to each side of this span`,
        },
        icon('flame'),
        'Flame graph of this time',
      ),
      ...profileTypes.map((type) =>
        h(
          'a',
          {
            class: 'button primary',
            href: formatRoute('flame', { service: span.service, type, span: span.spanId, ...time }),
          },
          icon('flame'),
          `Flame graph of this span (${type})`,
        ),
      ),
      h(
        'a',
        { class: 'button', href: formatRoute('logs', { service: span.service, ...time }) },
        icon('log'),
        'Logs of this time',
      ),
      h(
        'a',
        { class: 'button', href: formatRoute('traces', { service: span.service, name: span.name }) },
        'Traces with such a span',
      ),
    ),
    span.status === 'error'
      ? h('p', { class: 'problem' }, span.statusMessage || 'The span failed, without a message.')
      : null,
    h(
      'dl',
      { class: 'facts' },
      fact('service', serviceLabel(span.service)),
      fact('kind', span.kind),
      fact('starts at', `+${formatDuration(span.startMs - traceStartMs)}`),
      fact('duration', formatDuration(span.durationMs)),
      queue && fact('in the queue before', formatDuration(queue.ms)),
      fact('status', span.status),
      fact('span id', h('code', {}, span.spanId)),
    ),
    h(
      'div',
      { class: 'columns' },
      definitions('Attributes', entriesOf(span.attributes)),
      definitions('Resource', entriesOf(span.resource)),
    ),
    span.events.length > 0 && section('Events', ...span.events.map((event) => eventView(event, traceStartMs))),
    span.links.length > 0 && section('Links', h('ul', { class: 'span-links' }, ...span.links.map(linkView))),
    logs.length > 0 &&
      section('Log lines', h('ol', { class: 'log-lines' }, ...logs.map((log) => logLine(log, { linked: false })))),
  );
}

function eventView(event: SpanEvent, traceStartMs: number): HTMLElement {
  return h(
    'div',
    { class: 'event-view' },
    h('p', {}, h('b', {}, event.name), ` at +${formatDuration(parseTime(event.time) - traceStartMs)}`),
    ...Object.entries(event.attributes ?? {}).map(([name, value]) => {
      const text = formatAny(value);
      return text.includes('\n')
        ? h('div', {}, h('span', { class: 'note' }, name), h('pre', { class: 'mono' }, text))
        : h('p', { class: 'mono' }, h('span', { class: 'note' }, `${name} `), text);
    }),
  );
}

function linkView({ traceId, spanId, attributes }: SpanLink): HTMLElement {
  const more = entriesOf(attributes)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');
  return h(
    'li',
    {},
    h(
      'a',
      { href: formatRoute('trace', { span: spanId }, traceId), class: 'mono', 'data-testid': 'span-link' },
      icon('link'),
      `trace ${traceId}, span ${spanId}`,
    ),
    more && h('span', { class: 'note' }, ` ${more}`),
  );
}

function entriesOf(record: Record<string, unknown>): [string, string][] {
  return Object.entries(record)
    .map(([name, value]): [string, string] => [name, formatAny(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function section(title: string, ...children: Child[]): HTMLElement {
  return h('section', { class: 'definitions' }, h('h3', {}, title), ...children);
}

function fact(name: string, value: Node | string): HTMLElement {
  return h('div', {}, h('dt', {}, name), h('dd', {}, value));
}
