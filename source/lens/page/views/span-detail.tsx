import { formatAny, formatDuration } from '@mythical/ui/page/format.ts';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { formatRoute } from '../lib/route.ts';
import { around, parseTime, rangeToParams } from '../lib/time.ts';
import type { WaterfallRow } from '../lib/trace.ts';
import { Definitions, Facts } from '../parts/definitions.tsx';
import { LogLines } from '../parts/log-line.tsx';
import { ServiceLabel } from '../parts/service.tsx';
import type { LogRow } from '../queries/logs.ts';
import type { SpanEvent, SpanLink } from '../queries/traces.ts';

/** Seconds before and after a span in which to find its profiles: they are sent every 15 s, dated at their start. */
const PROFILE_SECONDS = 30;

type Props = {
  row: WaterfallRow;
  traceStartMs: number;
  /** Log lines written while the span was active. */
  logs: readonly LogRow[];
  /** Types of the profile samples with this span's id. */
  profileTypes: readonly string[];
  onZoom: () => void;
};

/** The details of a span, with links to related telemetry. */
export function SpanDetail({ row: { span, queue }, traceStartMs, logs, profileTypes, onZoom }: Props) {
  return (
    <div
      className="mt-1 mb-2 grid grid-cols-1 gap-3 border-l-3 border-l-accent bg-back px-3 py-2.5"
      data-testid="span-detail"
    >
      <Actions span={span} profileTypes={profileTypes} onZoom={onZoom} />
      {span.status === 'error' && (
        <p className="problem">{span.status_message || 'The span failed without a status message.'}</p>
      )}
      <Facts
        facts={{
          service: <ServiceLabel service={span.service} />,
          kind: span.kind,
          'start offset': `+${formatDuration(span.startMs - traceStartMs)}`,
          duration: formatDuration(span.duration_ms),
          ...(queue && { 'time in queue': formatDuration(queue.ms) }),
          status: span.status,
          'span id': <code>{span.span_id}</code>,
        }}
      />
      <div className="grid grid-cols-[repeat(auto-fit,minmax(min(100%,24rem),1fr))] gap-x-6 gap-y-3">
        <Definitions title="Attributes" entries={entriesOf(span.attributes)} />
        <Definitions title="Resource" entries={entriesOf(span.resource)} />
      </div>
      {span.events.map((event, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two events may have the same name and time
        <EventDetail key={index} event={event} traceStartMs={traceStartMs} />
      ))}
      {span.links.length > 0 && <Links links={span.links} />}
      {logs.length > 0 && (
        <section>
          <h3>Log lines</h3>
          <LogLines rows={logs} />
        </section>
      )}
    </div>
  );
}

type ActionsProps = { span: WaterfallRow['span'] } & Pick<Props, 'profileTypes' | 'onZoom'>;

function Actions({ span, profileTypes, onZoom }: ActionsProps) {
  const { service, name, span_id } = span;
  const time = rangeToParams(around(span.startMs, PROFILE_SECONDS, span.duration_ms));
  return (
    <div className="row">
      <button type="button" onClick={onZoom}>
        Zoom to this span
      </button>
      {profileTypes.map((type) => (
        <a key={type} className="button primary" href={formatRoute('flame', { service, type, span: span_id, ...time })}>
          <Icon name="profile" /> Flame graph for this span ({type})
        </a>
      ))}
      <a
        className="button"
        href={formatRoute('flame', { service, ...time })}
        title={`${service}, ${PROFILE_SECONDS} s before and after this span`}
      >
        <Icon name="profile" /> Flame graph around this time
      </a>
      <a className="button" href={formatRoute('logs', { service, ...time })}>
        <Icon name="logs" /> Logs around this time
      </a>
      <a className="button" href={formatRoute('traces', { service, name })}>
        <Icon name="trace" /> Traces with this span name
      </a>
    </div>
  );
}

function EventDetail({ event, traceStartMs }: { event: SpanEvent; traceStartMs: number }) {
  return (
    <section>
      <h3>
        Event {event.name} at +{formatDuration(parseTime(event.time) - traceStartMs)}
      </h3>
      {entriesOf(event.attributes).map(([name, value]) => (
        <div key={name}>
          <span className="hint">{name}</span> {value.includes('\n') ? <pre>{value}</pre> : <code>{value}</code>}
        </div>
      ))}
    </section>
  );
}

function Links({ links }: { links: readonly SpanLink[] }) {
  return (
    <section>
      <h3>Links</h3>
      <ul>
        {links.map(({ trace_id, span_id, attributes }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a span may have two links to the same span
          <li key={index}>
            {trace_id && span_id ? (
              <a
                className="font-mono text-xs"
                href={formatRoute('trace', { span: span_id }, trace_id)}
                data-testid="span-link"
              >
                <Icon name="link" /> trace {trace_id}, span {span_id}
              </a>
            ) : (
              'Without a trace'
            )}{' '}
            <span className="hint">
              {entriesOf(attributes)
                .map(([name, value]) => `${name}=${value}`)
                .join(' ')}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function entriesOf(record: Record<string, unknown> | null | undefined): [string, string][] {
  return Object.entries(record ?? {})
    .map(([name, value]): [string, string] => [name, formatAny(value)])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
