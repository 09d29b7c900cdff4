import { serviceLabel } from '../lib/colours.ts';
import { h } from '../lib/dom.ts';
import { formatAny, formatTime } from '../lib/format.ts';
import { icon } from '../lib/icons.ts';
import { isLogfmt, parseLogfmt } from '../lib/logfmt.ts';
import { formatRoute } from '../lib/route.ts';
import { parseTime } from '../lib/time.ts';
import type { LogRow } from '../queries/logs.ts';
import { normalLevel } from '../queries/logs.ts';

/** A log line that opens to show its fields; with the way to its trace, unless it is shown there already. */
export function logLine(row: LogRow, { linked = true } = {}): HTMLElement {
  const level = normalLevel(row.level);
  const body = String(row.body ?? '');
  const traceId = linked ? traceIdOf(row) : undefined;
  const details = h(
    'details',
    {
      // The fields are made when they are first asked for: few of the lines are ever opened.
      ontoggle: () => {
        if (details.open && details.childElementCount === 1) details.append(fields(row, body));
      },
    },
    h(
      'summary',
      {},
      h('time', { class: 'mono', title: String(row.time) }, formatTime(new Date(parseTime(row.time)))),
      h('span', { class: `level level-${level}` }, String(row.level ?? level)),
      serviceLabel(String(row.service)),
      h('span', { class: 'body mono' }, body),
    ),
  );
  return h(
    'li',
    { class: `log level-${level}`, 'data-testid': 'log-line' },
    details,
    traceId
      ? h(
          'a',
          {
            class: 'trace-link',
            href: formatRoute('trace', { span: row.span_id ?? undefined }, traceId),
            title: `Open trace ${traceId}`,
          },
          icon('link'),
          'trace',
        )
      : null,
  );
}

/** The trace of a line: as lens understood it or, failing that, as the line itself says. */
export function traceIdOf(row: Pick<LogRow, 'trace_id' | 'body'>): string | undefined {
  if (row.trace_id) return String(row.trace_id);
  return /\btrace_?id=([0-9a-f]{32})\b/i.exec(String(row.body ?? ''))?.[1];
}

/** A log line's message without its ceremony: the field `msg` of logfmt, or the line as it is. */
export function messageOf(body: string): string {
  if (!isLogfmt(body)) return body;
  return parseLogfmt(body).find(([name]) => name === 'msg' || name === 'message')?.[1] ?? body;
}

function fields(row: LogRow, body: string): HTMLElement {
  const parsed = isLogfmt(body) ? parseLogfmt(body) : [];
  const attributes = Object.entries(row.attributes ?? {}).map(([name, value]) => [name, formatAny(value)] as const);
  return h(
    'div',
    { class: 'log-detail' },
    h('pre', { class: 'mono' }, body),
    parsed.length > 0 && definitions('Fields of the line', parsed),
    attributes.length > 0 && definitions('Labels and attributes', attributes),
  );
}

/** Names and values in two columns. */
export function definitions(title: string, entries: readonly (readonly [string, string])[]): HTMLElement {
  return h(
    'section',
    { class: 'definitions' },
    h('h3', {}, title),
    h('dl', {}, ...entries.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', { class: 'mono' }, value)))),
  );
}
