import type { IncidentFault } from '@mythical/common/scenarios';
import type { Found, TraceSpan } from './trace.ts';

/** A trace, given as evidence of the fault. */
export type View = Found & {
  service: string;
  /** The spans that began while the fault was on. */
  during: TraceSpan[];
};

export type Cause = {
  /** As one chooses it from the list. */
  title: string;
  /** How the signals show it. */
  evidence: string;
  /** Whether the trace shows it. */
  shows(view: View): boolean;
  /** It shows by what is missing, so that a trace which is still arriving proves nothing. */
  byAbsence?: true;
};

const own = ({ during, service }: View, kind: TraceSpan['kind']) =>
  during.filter((span) => span.service === service && span.kind === kind);

const childrenOf = ({ spans }: View, { id }: TraceSpan) => spans.filter(({ parent }) => parent === id);

/** The time of a span that no span below it explains. */
const selfTime = (view: View, span: TraceSpan) =>
  span.duration - childrenOf(view, span).reduce((sum, { duration }) => sum + duration, 0);

/** What waits for a connection does so for five seconds, and then fails. */
const WAITED_MS = 1_000;

/** Of the errors that belong to the sandbox, all come from a query. */
const failedBeforeDatabase = (view: View) =>
  own(view, 'server').filter(
    (span) => span.status === 500 && span.duration < WAITED_MS && childrenOf(view, span).length === 0,
  );

/** Of each of these, a service writes a line. */
const WRITING = ['server', 'consumer', 'internal'] as const;

export const CATALOGUE: Record<IncidentFault, Cause> = {
  'slow-database': {
    title: 'a slow query in each request',
    evidence: 'a query of 800 ms at the beginning of each trace of the server; queries wait for a connection',
    shows: (view) => own(view, 'client').some(({ duration }) => duration >= 500),
  },
  'error-burst': {
    title: 'requests of all kinds fail in one release',
    evidence: 'half of the requests end with 500 before any query; by version, 2.0.0 stands out, by kind, none',
    shows: (view) => failedBeforeDatabase(view).length > 0,
  },
  'cpu-burn': {
    title: 'a function that uses up the CPU',
    evidence:
      'requests are slow, their queries are not; the event loop lags; countDragonScalesTheSlowWay fills the CPU profile',
    shows: (view) => own(view, 'server').some((span) => !span.isError && selfTime(view, span) >= 80),
  },
  'memory-leak': {
    title: 'memory that is never released',
    evidence: 'the heap grows with each request, up to 96 MiB; forgetBeastsInMemory holds it in the heap profile',
    shows: (view) => own(view, 'server').some(({ version }) => version !== undefined),
  },
  'log-storm': {
    title: 'far too many log lines',
    evidence: 'fifty lines "the beasts are restless" for each request',
    shows: (view) => own(view, 'server').length > 0 && view.lines >= 40,
  },
  'queue-backlog': {
    title: 'a flood of messages from a service that usually sends none',
    evidence: 'the queue grows; most traces in the recorder begin with a "send" of the server, action=SYNC',
    shows: (view) => own(view, 'producer').some(({ parent }) => parent === undefined),
  },
  'connection-leak': {
    title: 'connections that are taken from the pool and not given back',
    evidence:
      'connections in use climb to all ten within a minute and stay; requests wait five seconds, and fail without a query',
    shows: (view) => own(view, 'server').some((span) => selfTime(view, span) >= WAITED_MS),
  },
  'n-plus-one': {
    title: 'one query for each row of a list',
    evidence: 'a GET has up to fifty queries find-beast after one list-beasts; queries per request rise, errors do not',
    shows: (view) => own(view, 'server').some((span) => childrenOf(view, span).length >= 10),
  },
  'bad-release': {
    title: 'requests of one kind fail in one release',
    evidence:
      'all requests for one kind that version 2.0.0 handles end with 500 before any query; no other kind is affected',
    shows: (view) => failedBeforeDatabase(view).some(({ version }) => version === '2.0.0'),
  },
  'slow-consumer': {
    title: 'messages take too long to process',
    evidence: 'spans "process" take three seconds more, their query does not; the queue grows with the usual traffic',
    shows: (view) => own(view, 'consumer').some(({ duration }) => duration >= 2_500),
  },
  'repeated-requests': {
    title: 'each request is sent several times',
    evidence: 'three requests to the server in one action, where one was; each second POST is answered with 409',
    shows: (view) =>
      own(view, 'client').some(
        ({ parent }) => own(view, 'client').filter((span) => span.parent === parent).length >= 3,
      ),
  },
  'clock-off': {
    title: 'a clock that is off',
    evidence: 'spans of the service begin four minutes before those that caused them, and its log lines are as old',
    shows: ({ spans, during, service }) =>
      spans.some((child) => {
        const parent = spans.find(({ id }) => id === child.parent);
        if (parent === undefined || (child.service === service) === (parent.service === service)) return false;
        const gap = child.start - parent.start;
        return (child.service === service ? gap < -60_000 : gap > 60_000) && during.length > 0;
      }),
  },
  'traces-lost': {
    title: 'spans of a service get lost',
    evidence: 'traces have a gap where the service was; its metrics and log lines go on, with trace ids',
    shows: ({ spans, during, service }) =>
      !spans.some((span) => span.service === service) && during.some((span) => leadsTo(service, span, spans)),
    byAbsence: true,
  },
  'logs-lost': {
    title: 'log lines of a service get lost',
    evidence: 'no line of the service any more; its traces and metrics go on',
    shows: (view) => view.lines === 0 && WRITING.some((kind) => own(view, kind).length > 0),
    byAbsence: true,
  },
};

/** Whether next to this span there should be one of the service, as its parent or its child. */
function leadsTo(service: string, span: TraceSpan, spans: TraceSpan[]): boolean {
  const hasChild = spans.some(({ parent }) => parent === span.id);
  if (service === 'mythical-server')
    return span.kind === 'client' && span.service === 'mythical-requester' && !hasChild;
  if (service === 'mythical-recorder') return span.kind === 'producer' && !hasChild;
  return span.parent !== undefined && !spans.some(({ id }) => id === span.parent);
}
