import { formatDuration, formatTime } from '@mythical/ui/page/format.ts';
import { Icon } from '@mythical/ui/page/icon.tsx';
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import { useRetainedState } from '../lib/retained-state.ts';
import { formatRoute } from '../lib/route.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { around, rangeToParams } from '../lib/time.ts';
import { layoutWaterfall, type Waterfall as Trace, toSpan } from '../lib/trace.ts';
import { useQuery } from '../lib/use-query.ts';
import { collapseAll, INITIAL, reveal, selectedOf, type WaterfallState, WHOLE } from '../lib/waterfall-state.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Facts } from '../parts/definitions.tsx';
import { Empty } from '../parts/empty.tsx';
import { LogLines } from '../parts/log-line.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { ServiceLabel } from '../parts/service.tsx';
import { type LogRow, MAX_TRACE_LINES, traceLogsQuery } from '../queries/logs.ts';
import { type ProfiledSpanRow, profiledSpansQuery, type SpanRow, spansQuery } from '../queries/traces.ts';
import { Waterfall } from './waterfall.tsx';

/** One trace: its spans on a time axis, log lines and profiles. */
export function TraceView() {
  const { id } = usePlace().route;
  const spans = useQuery<SpanRow>('waterfall', spansQuery(id));
  const logs = useQuery<LogRow>('trace-logs', traceLogsQuery(id));
  const profiled = useQuery<ProfiledSpanRow>('trace-profiles', profiledSpansQuery(id));
  const { rows } = spans;
  const trace = useMemo(() => layoutWaterfall(rows.map(toSpan)), [rows]);
  const place = useRef<HTMLDivElement>(null);
  const [state, setState] = useWaterfall(id, trace, place);
  const [showsLogs, setShowsLogs] = useState(true);
  return (
    <>
      <a href="#/traces">← All traces</a>
      <TraceHead traceId={id} trace={trace} />
      <QueryPanel
        title="Spans"
        query={spans}
        controls={<Controls trace={trace} state={state} setState={setState} logs={[showsLogs, setShowsLogs]} />}
        empty={
          <Empty what="lens has no spans for this trace">
            It may be too old (lens keeps an hour by default), not sampled, or not exported yet. The page keeps
            checking.
          </Empty>
        }
      >
        <div ref={place}>
          <Waterfall
            trace={trace}
            logs={logs.rows}
            profiled={profiled.rows}
            showsLogs={showsLogs}
            state={state}
            setState={setState}
          />
        </div>
      </QueryPanel>
      <QueryPanel
        title="Logs for this trace"
        query={logs}
        controls={logs.rows.length === MAX_TRACE_LINES && <span className="status">first {MAX_TRACE_LINES}</span>}
        empty={<Empty what="No log lines for this trace">Log lines carry traceID= while a span is active.</Empty>}
      >
        <LogLines rows={logs.rows} />
      </QueryPanel>
      <QueryPanel
        title="Profiled spans"
        query={profiled}
        empty={<Empty what="No profile samples for spans of this trace">Short requests are rarely sampled.</Empty>}
      >
        <p className="hint">Details of spans with profile samples link to the span's flame graph.</p>
      </QueryPanel>
    </>
  );
}

/** The waterfall's state. The address contains the selected span; opening such an address reveals it. */
function useWaterfall(id: string, trace: Trace, place: RefObject<HTMLElement | null>) {
  const [state, setState] = useRetainedState<WaterfallState>(`waterfall ${id}`, INITIAL);
  const wanted = usePlace().route.params.span;
  const revealed = useRef<string>(undefined);

  useEffect(() => {
    if (!wanted || wanted === revealed.current) return;
    const next = reveal(state, trace, wanted);
    if (next === undefined) return;
    revealed.current = wanted;
    setState(next);
    // The row may not be rendered yet.
    requestAnimationFrame(() => {
      const row = place.current?.querySelector<HTMLElement>(`[data-span="${CSS.escape(wanted)}"]`);
      row?.scrollIntoView({ block: 'center' });
      row?.focus({ preventScroll: true });
    });
  }, [wanted, trace, state, setState, place]);

  const change = (next: WaterfallState) => {
    const selected = selectedOf(next);
    if (selected !== selectedOf(state)) {
      revealed.current = selected;
      setParams({ span: selected }, { replace: true });
    }
    setState(next);
  };
  return [state, change] as const;
}

type ControlsProps = {
  trace: Trace;
  state: WaterfallState;
  setState: (state: WaterfallState) => void;
  logs: [shown: boolean, show: (shown: boolean) => void];
};

function Controls({ trace, state, setState, logs: [showsLogs, setShowsLogs] }: ControlsProps) {
  const actions: [label: string, next: WaterfallState][] = [
    ['Expand all', { ...state, collapsed: new Set() }],
    ['Collapse all', collapseAll(state, trace.rows)],
  ];
  if (state.part !== WHOLE) actions.unshift(['Whole trace', { ...state, part: WHOLE }]);
  return (
    <>
      {actions.map(([label, next]) => (
        <button key={label} type="button" className="small-button" onClick={() => setState(next)}>
          {label}
        </button>
      ))}
      <label className="check">
        <input
          type="checkbox"
          data-testid="trace-logs-toggle"
          checked={showsLogs}
          onChange={({ target }) => setShowsLogs(target.checked)}
        />
        Log lines
      </label>
    </>
  );
}

function TraceHead({ traceId, trace }: { traceId: string; trace: Trace }) {
  const { root, rows, startMs, durationMs, services, errors } = trace;
  if (root === undefined) return <h1 className="text-xl font-semibold">Trace {traceId}</h1>;
  const time = rangeToParams(around(startMs, 60, durationMs));
  const idWithCopy = (
    <>
      <code>{traceId}</code>
      <CopyButton text={traceId} className="icon-button min-h-6 w-6" label="Copy trace id">
        <Icon name="copy" />
      </CopyButton>
    </>
  );
  return (
    <div className="grid gap-2" data-testid="trace-head">
      <h1 className="row text-xl font-semibold">
        <ServiceLabel service={root.service} /> {root.name}
        {errors > 0 && <span className="tag bad">{`${errors} ${errors === 1 ? 'error' : 'errors'}`}</span>}
      </h1>
      <Facts
        facts={{
          'trace id': idWithCopy,
          started: <time title={new Date(startMs).toISOString()}>{formatTime(new Date(startMs))}</time>,
          duration: formatDuration(durationMs),
          spans: rows.length,
        }}
      />
      <ul className="row">
        {services.map((service) => (
          <li key={service}>
            <ServiceLabel service={service} />{' '}
            <small>{rows.filter(({ span }) => span.service === service).length}</small>
          </li>
        ))}
      </ul>
      <div className="row">
        <a className="button" href={formatRoute('logs', { trace: traceId, ...time })}>
          <Icon name="logs" /> Logs
        </a>
        <a className="button" href={formatRoute('flame', { service: root.service, ...time })}>
          <Icon name="profile" /> Flame graph
        </a>
        <a className="button" href={formatRoute('traces', { ...time })}>
          <Icon name="trace" /> Traces around this time
        </a>
      </div>
    </div>
  );
}
