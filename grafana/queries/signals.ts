import { FRONTEND as BROWSER_APP, SERVICES } from '@mythical/common/services';
import { METRIC_NAMES } from '@mythical/common/telemetry/metrics';

/**
 * Names used in queries. The application's own names come from its code, so that a rename there reaches the dashboards; the
 * others are documented in docs/signals.md and by the programs that emit them.
 */

/** Our own metrics, as they are named in Mimir: counters end in `_total`, and a histogram is several series. */
export const SERIES = {
  requestCount: `${METRIC_NAMES.requestTimes}_count`,
  requestBuckets: `${METRIC_NAMES.requestTimes}_bucket`,
  dangerLevel: METRIC_NAMES.dangerLevel,
  actions: `${METRIC_NAMES.requesterActions}_total`,
  recorded: `${METRIC_NAMES.messagesRecorded}_total`,
  recordingDelayCount: `${METRIC_NAMES.recordingDelay}_count`,
  recordingDelayBuckets: `${METRIC_NAMES.recordingDelay}_bucket`,
  published: `${METRIC_NAMES.messagesPublished}_total`,
  deliveries: `${METRIC_NAMES.deliveries}_total`,
  queueDepth: METRIC_NAMES.queueDepth,
  databaseConnections: METRIC_NAMES.databaseConnections,
  scenarioActive: METRIC_NAMES.scenarioActive,
  logLines: `${METRIC_NAMES.logLines}_total`,
  logLinesWaiting: METRIC_NAMES.logLinesWaiting,
  notifications: `${METRIC_NAMES.notifications}_total`,
  heapLimit: METRIC_NAMES.heapLimit,
} as const;

export const SERVER = SERVICES.server.name;
export const REQUESTER = SERVICES.requester.name;
export const RECORDER = SERVICES.recorder.name;
export const SERVICE_NAMES = Object.values(SERVICES).map(({ name }) => name);

/** The part of the application that runs in the browser; its signals arrive through Faro. */
export const FRONTEND = BROWSER_APP.name;

/** The name that Beyla gives to a service. */
export const beylaOf = (service: string) => `beyla-${service}`;

/**
 * The metrics that Tempo generates from the server's spans, limited to requests about a kind. Other requests, such as those
 * to /scenarios, have no version.
 */
export const SERVER_SPANS = `service="${SERVER}", span_kind="SPAN_KIND_SERVER", service_version!=""`;

/**
 * Profile types: those that the application pushes, and those that Alloy scrapes from the Go programs.
 *
 * Over time, Grafana's data source divides all of them except `goHeap` by the seconds of a step. For CPU time this is right:
 * it gives ns per second, and cores for `goCpu`, which it knows. For a heap it is not; use metrics for heap size instead.
 */
export const PROFILE_TYPES = {
  cpu: 'wall:cpu:nanoseconds:wall:nanoseconds',
  wallClock: 'wall:wall:nanoseconds:wall:nanoseconds',
  heap: 'memory:inuse_space:bytes:inuse_space:bytes',
  goCpu: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  goHeap: 'memory:inuse_space:bytes:space:bytes',
} as const;
