import { FRONTEND as BROWSER_APP, SERVICES } from '@mythical/common/services';
import { METRIC_NAMES } from '@mythical/common/telemetry/metrics';

/**
 * What the queries ask for, by name. The application's own names come from its code, so that a rename there reaches the
 * dashboards; the others are those of docs/signals.md and of the programs that make them.
 */

/** Our own metrics, as Mimir has them: counters end in `_total`, and a histogram is several series. */
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

/** The browser's part of the application; its signals come by Faro. */
export const FRONTEND = BROWSER_APP.name;

/** As eBPF sees a service, Beyla names it. */
export const beylaOf = (service: string) => `beyla-${service}`;

/**
 * The metrics that Tempo makes of the server's spans: one for each request about a kind. Others, such as those to
 * /scenarios, are handled by no version.
 */
export const SERVER_SPANS = `service="${SERVER}", span_kind="SPAN_KIND_SERVER", service_version!=""`;

/**
 * Profiles: what the application pushes, and what Alloy scrapes from the Go programs.
 *
 * Over time, Grafana's data source divides all but `goHeap` by the seconds of a step. Of CPU time that is what is wanted: ns
 * in a second, and of `goCpu`, which it knows, cores. Of a heap there is no rate: how much Node.js holds, metrics say.
 */
export const PROFILE_TYPES = {
  cpu: 'wall:cpu:nanoseconds:wall:nanoseconds',
  wallClock: 'wall:wall:nanoseconds:wall:nanoseconds',
  heap: 'memory:inuse_space:bytes:inuse_space:bytes',
  goCpu: 'process_cpu:cpu:nanoseconds:cpu:nanoseconds',
  goHeap: 'memory:inuse_space:bytes:space:bytes',
} as const;
