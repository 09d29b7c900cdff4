import type { IncidentFault } from '@mythical/common/scenarios';
import type { Found, TraceSpan } from './trace.ts';

/** A trace that is submitted as evidence of the fault. */
export type View = Found & {
  service: string;
  /** Spans that started while the fault was active. */
  during: TraceSpan[];
};

export type Cause = {
  /** For the list of causes. */
  title: string;
  /** What the signals show. */
  evidence: string;
  /** Whether the trace shows it. */
  shows(view: View): boolean;
  /** The evidence is missing data, so an incomplete trace proves nothing. */
  byAbsence?: true;
};

const own = ({ during, service }: View, kind: TraceSpan['kind']) =>
  during.filter((span) => span.service === service && span.kind === kind);

const childrenOf = ({ spans }: View, { id }: TraceSpan) => spans.filter(({ parent }) => parent === id);

/** A span's duration without that of its children. */
const selfTime = (view: View, span: TraceSpan) =>
  span.duration - childrenOf(view, span).reduce((sum, { duration }) => sum + duration, 0);

/** Requests wait five seconds for a connection, and then fail. */
const WAITED_MS = 1_000;

/** The sandbox's usual errors all come from a query. */
const failedBeforeDatabase = (view: View) =>
  own(view, 'server').filter(
    (span) => span.status === 500 && span.duration < WAITED_MS && childrenOf(view, span).length === 0,
  );

/** Services log a line for each of these spans. */
const WRITING = ['server', 'consumer', 'internal'] as const;

export const CATALOGUE: Record<IncidentFault, Cause> = {
  'slow-database': {
    title: 'a slow query in each request',
    evidence: 'each server trace starts with a query of 800 ms; more connections are in use',
    shows: (view) => own(view, 'client').some(({ duration }) => duration >= 500),
  },
  'error-burst': {
    title: 'requests of all kinds fail, most of them in one release',
    evidence: 'half of the requests fail with 500 before any query: most of them in version 2.0.0, across all kinds',
    shows: (view) => failedBeforeDatabase(view).length > 0,
  },
  'cpu-burn': {
    title: 'a function that uses up the CPU',
    evidence:
      'requests are slow, but their queries are not; the event loop lags; countDragonScalesTheSlowWay dominates the CPU profile',
    shows: (view) => own(view, 'server').some((span) => !span.isError && selfTime(view, span) >= 80),
  },
  'memory-leak': {
    title: 'memory that is never released',
    evidence: 'the heap grows by up to 96 MiB; in the heap profile, forgetBeastsInMemory allocates it',
    shows: (view) => own(view, 'server').some(({ version }) => version !== undefined),
  },
  'log-storm': {
    title: 'far too many log lines',
    evidence: 'each request logs "the beasts are restless" fifty times',
    shows: (view) => own(view, 'server').length > 0 && view.lines >= 40,
  },
  'queue-backlog': {
    title: 'a flood of messages from a service that usually sends none',
    evidence: 'the queue grows; most recorder traces start with a producer span of the server, action=SYNC',
    shows: (view) => own(view, 'producer').some(({ parent }) => parent === undefined),
  },
  'connection-leak': {
    title: 'database connections are never returned to the pool',
    evidence:
      'used connections climb to ten within a minute and stay there; requests wait five seconds, then fail without a query',
    shows: (view) => own(view, 'server').some((span) => selfTime(view, span) >= WAITED_MS),
  },
  'n-plus-one': {
    title: 'one query per row of a list',
    evidence:
      'a GET runs up to fifty find-beast queries after one list-beasts; there are more queries per request, but no errors',
    shows: (view) => own(view, 'server').some((span) => childrenOf(view, span).length >= 10),
  },
  'bad-release': {
    title: 'one release fails all requests of one kind',
    evidence: 'version 2.0.0 fails all requests for one kind with 500 before any query; other kinds are not affected',
    shows: (view) => failedBeforeDatabase(view).some(({ version }) => version === '2.0.0'),
  },
  'slow-consumer': {
    title: 'messages take too long to process',
    evidence:
      'consumer spans take three seconds longer, but their queries do not; the queue grows under the usual traffic',
    shows: (view) => own(view, 'consumer').some(({ duration }) => duration >= 2_500),
  },
  'repeated-requests': {
    title: 'each request is sent several times',
    evidence: 'three identical requests in each action instead of one; repeated POSTs get 409',
    shows: (view) =>
      own(view, 'client').some(
        ({ parent }) => own(view, 'client').filter((span) => span.parent === parent).length >= 3,
      ),
  },
  'clock-off': {
    title: 'clock skew: a service’s clock is wrong',
    evidence: 'the service’s spans and log lines are four minutes too old: child spans start before their parents',
    shows: ({ spans, during, service }) =>
      spans.some((child) => {
        const parent = spans.find(({ id }) => id === child.parent);
        if (parent === undefined || (child.service === service) === (parent.service === service)) return false;
        const gap = child.start - parent.start;
        return (child.service === service ? gap < -60_000 : gap > 60_000) && during.length > 0;
      }),
  },
  'traces-lost': {
    title: 'a service’s spans get lost',
    evidence: 'the service is missing from traces; its metrics and log lines, with trace IDs, still arrive',
    shows: ({ spans, during, service }) =>
      !spans.some((span) => span.service === service) && during.some((span) => leadsTo(service, span, spans)),
    byAbsence: true,
  },
  'logs-lost': {
    title: 'a service’s log lines get lost',
    evidence: 'no log lines of the service; its traces and metrics still arrive',
    shows: (view) => view.lines === 0 && WRITING.some((kind) => own(view, kind).length > 0),
    byAbsence: true,
  },
};

/** Whether this span should have a parent or child in the service. */
function leadsTo(service: string, span: TraceSpan, spans: TraceSpan[]): boolean {
  const hasChild = spans.some(({ parent }) => parent === span.id);
  if (service === 'mythical-server')
    return span.kind === 'client' && span.service === 'mythical-requester' && !hasChild;
  if (service === 'mythical-recorder') return span.kind === 'producer' && !hasChild;
  return span.parent !== undefined && !spans.some(({ id }) => id === span.parent);
}
