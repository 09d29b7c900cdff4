import { BytesIEC, PercentUnit, Seconds } from '@grafana/grafana-foundation-sdk/units';
import { dashboardOf, type Row } from '../layout/dashboard.ts';
import { exploreProfile, label } from '../layout/links.ts';
import { choiceVariable, serviceVariable } from '../layout/variables.ts';
import { graph } from '../panels/graph.ts';
import { flames } from '../panels/pictures.ts';
import { words } from '../panels/text.ts';
import { flameGraph, profileGraph, promql } from '../queries/queries.ts';
import { PROFILE_TYPES, SERIES, SERVICE_NAMES } from '../queries/signals.ts';

const OURS = `{service_name=~"${SERVICE_NAMES.join('|')}"}`;
const GO_PROGRAMS = ['alloy', 'mimir', 'loki', 'tempo', 'pyroscope'];

const services: Row = {
  title: 'Which service',
  panels: [
    graph({
      title: 'CPU per second',
      description:
        'CPU time from profiles: 500 ms per second means that half a core was busy. Drag over a peak to zoom in on it.',
      queries: [profileGraph(PROFILE_TYPES.cpu, OURS, ['service_name'])],
      unit: 'ns',
      stacked: true,
      width: 6,
      links: [
        exploreProfile('Flame graph of this service', PROFILE_TYPES.cpu, `{service_name="${label('service_name')}"}`),
      ],
    }),
    graph({
      title: 'Heap by service',
      description:
        'Heap in use, as reported by Node.js. With the memory-leak scenario, the server’s heap climbs and does not come back down. Click a line for the flame graph: which functions allocated what is retained.',
      queries: [promql('max by (service_name) (nodejs_heap_size_used_bytes{group="mythical"})')],
      unit: BytesIEC,
      width: 6,
      links: [exploreProfile('Heap of this service', PROFILE_TYPES.heap, `{service_name="${label('service_name')}"}`)],
    }),
    graph({
      title: 'Event loop lag',
      description:
        'The 99th percentile of event loop delay in Node.js. While one function computes, no other request is served: this is how cpu-burn slows down every request.',
      queries: [promql('max by (service_name) (nodejs_eventloop_lag_p99_seconds{group="mythical"})')],
      unit: Seconds,
      // The threshold of the alert EventLoopBlocked.
      warnAt: 0.08,
      alarmAt: 0.5,
      width: 6,
    }),
    graph({
      title: 'Heap, % of limit',
      description:
        'Heap in use, as a share of V8’s heap limit; at 100 % the process exits. The sawtooth comes from garbage collection: look at its low points.',
      queries: [promql(`max by (service_name) (nodejs_heap_size_used_bytes{group="mythical"} / ${SERIES.heapLimit})`)],
      unit: PercentUnit,
      warnAt: 0.4,
      alarmAt: 0.8,
      width: 6,
    }),
  ],
};

const functions: Row = {
  title: 'Which function: $service',
  panels: [
    words({
      title: 'Reading a flame graph',
      description: 'An explanation of flame graphs, and what to look for in this application.',
      width: 12,
      height: 10,
      text: `
The top bar is the total; below each function are the functions that it called, as wide as their share. **Look for a wide bar with nothing below it**: that function itself uses the time. Search for a name in the field above the graph; *Sandwich view* shows the callers. In a CPU profile, *(idle)* is CPU time used while no JavaScript was running: the event loop and system calls.

Try it: switch on \`cpu-burn\` or \`memory-leak\` ([how](/d/mythical-scenarios)) and find \`countDragonScalesTheSlowWay\` below, or \`forgetBeastsInMemory\` in the heap. **From one slow request to its own flame graph**: open its trace and click the server’s \`GET /:beast\` span. Its details end with a *Flame graph*; *Profiles for this span*, under *Links*, opens it in Explore.
`,
    }),
    graph({
      title: 'CPU per second by span name',
      description:
        'Profile samples carry the span that was active, so this is CPU time by route or by kind of message; 500 ms per second is half a core. Work outside a span, such as garbage collection and telemetry, has no name.',
      queries: [profileGraph(PROFILE_TYPES.cpu, '{service_name="$service"}', ['span_name'])],
      unit: 'ns',
      stacked: true,
      width: 12,
      height: 10,
    }),
    flames({
      title: 'CPU',
      description: 'CPU time by function, in the selected time range.',
      queries: [flameGraph(PROFILE_TYPES.cpu, '{service_name="$service"}')],
      width: 24,
    }),
    flames({
      title: 'Wall clock',
      description:
        'Elapsed time, including time spent waiting. Much wall-clock time with little CPU time means that the service is waiting for something else.',
      queries: [flameGraph(PROFILE_TYPES.wallClock, '{service_name="$service"}')],
      height: 12,
    }),
    flames({
      title: 'Memory in use',
      description: 'Which functions allocated the memory that is still in use.',
      queries: [flameGraph(PROFILE_TYPES.heap, '{service_name="$service"}')],
      height: 12,
    }),
  ],
};

const stackItself: Row = {
  title: 'The stack itself',
  panels: [
    graph({
      title: 'CPU by program',
      description:
        'CPU cores in use, from process metrics. Profiles cover ten seconds of each minute and show what the time is used for. Click a line for the flame graph.',
      queries: [
        promql(
          `sum by (service_name) (rate(process_cpu_seconds_total{service_name=~"${GO_PROGRAMS.join('|')}"}[$__rate_interval]))`,
          { every: '15s' },
        ),
      ],
      unit: PercentUnit,
      width: 12,
      links: [
        exploreProfile('Flame graph of this program', PROFILE_TYPES.goCpu, `{service_name="${label('service_name')}"}`),
      ],
    }),
    graph({
      title: 'CPU usage by service, from process metrics',
      description: 'CPU cores in use, from process metrics. Compare with the profiles at the top of the page.',
      queries: [promql('sum by (service_name) (rate(process_cpu_seconds_total{group="mythical"}[$__rate_interval]))')],
      unit: PercentUnit,
      width: 12,
    }),
    flames({
      title: 'CPU: $program',
      description: 'What a backend uses its CPU time for: ingesting, compressing, answering queries.',
      queries: [flameGraph(PROFILE_TYPES.goCpu, '{service_name="$program"}')],
    }),
    flames({
      title: 'Memory in use: $program',
      description: 'What a backend holds in memory. For Mimir, mostly series.',
      queries: [flameGraph(PROFILE_TYPES.goHeap, '{service_name="$program"}')],
    }),
  ],
};

export const profiles = () =>
  dashboardOf({
    name: 'profiles',
    description:
      'Which functions use CPU time and memory, in the application and in the observability stack: the line of code behind a slow or growing service.',
    variables: [
      serviceVariable(),
      choiceVariable(
        'program',
        'Program of the stack',
        'The program whose flame graph is at the end of the page',
        GO_PROGRAMS,
        'mimir',
      ),
    ],
    rows: [services, functions, stackItself],
  });
