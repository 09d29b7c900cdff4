import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { startChild } from '../../source/launcher/child.ts';
import { startTemporaryPostgres } from '../../source/launcher/postgres.ts';
import { json, metricAt, send } from '../../tests/support/api.ts';
import { postgresEnv, startProgram, startService } from '../../tests/support/sandbox.ts';
import { describeFigure, figuresTable, writeBetweenMarkers } from './figures.ts';
import {
  COSTS,
  COSTS_PAGE,
  type Figures,
  failedRequests,
  figuresOf,
  p99Figures,
  type Round,
} from './server.figures.ts';

/**
 * The overhead of telemetry: the server with all signals on, with all but span profiles, with them off, and a bare express + pg
 * server, alternating within each round, so that changes in the machine's speed affect them alike. Quote the medians of the
 * ratios. If other processes use the machine, compare the CPU time per request.
 *
 *   npm run bench -- --rounds 5 --seconds 6
 *   npm run bench -- --variants on,unlabelled --rounds 20     only these two, and always bare
 *   npm run bench -- --rate 500      at a fixed rate, where p99 is what a user would notice
 *   npm run bench -- --write         both, written into docs/signals.md
 */
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '6' },
    connections: { type: 'string', default: '16' },
    /** Requests per second, instead of as many as the server can handle. */
    rate: { type: 'string' },
    /** Which variants to run. */
    variants: { type: 'string', default: 'on,unlabelled,off' },
    /** Also measures each signal alone. */
    each: { type: 'boolean', default: false },
    /** Also measures p99 at a fixed rate, and writes all figures into the page of signals. */
    write: { type: 'boolean', default: false },
  },
});
const [rounds, seconds, connections] = [options.rounds, options.seconds, options.connections].map(Number) as [
  number,
  number,
  number,
];

/** As many as V8 needs to optimize the code of a request. */
const WARM_UP_REQUESTS = 5_000;
/** Requests per second at which no variant is saturated. */
const NOTICEABLE_RATE = '500';

await using resources = new AsyncDisposableStack();
const postgres = resources.use(await startTemporaryPostgres());
const sink = await startSink();

const common = { ...postgresEnv(postgres.url), ALWAYS_SUCCEED: 'true' };
const nothing = { OTEL_TRACES_EXPORTER: 'none', PROFILING_MODE: 'off', LOG_LEVEL: 'error' };
const traces = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${sink.grpc}` };
const logs = { LOG_LEVEL: 'info', LOGS_TARGET: `http://127.0.0.1:${sink.http}/loki/api/v1/push` };
const profiles = {
  PROFILING_MODE: 'push',
  PROFILE_COLLECTOR_HOST: '127.0.0.1',
  PROFILE_COLLECTOR_PORT: String(sink.http),
};

const settings: Record<string, Record<string, string>> = {
  on: { ...traces, ...logs, ...profiles, SPAN_PROFILES: 'true' },
  unlabelled: { ...traces, ...logs, ...profiles },
  off: nothing,
  traces: { ...nothing, ...traces },
  logs: { ...nothing, ...logs },
  profiles: { ...nothing, ...profiles },
};
const chosen = [...options.variants.split(','), ...(options.each ? ['traces', 'logs', 'profiles'] : [])];

/** The base URL of each variant. Metrics can't be switched off, so all except the bare one have them. */
const bareServer = join(import.meta.dirname, 'bare-server.ts');
const variants: Record<string, string> = { bare: await urlOf(startProgram('bare server', bareServer, common)) };
for (const variant of chosen) {
  variants[variant] = await urlOf(startService('server', { ...common, ...settings[variant] }));
}
const order = Object.keys(variants);

for (let index = 0; index < 50; index++) {
  await send('POST', `${variants.bare}/unicorn`, { name: `permanent ${index}` });
}

console.log(
  `warm-up, then ${rounds} rounds of ${seconds} s each with ${connections} connections: GET, GET, POST, DELETE`,
);
for (const variant of order) await measure(variant, { amount: WARM_UP_REQUESTS });

const saturated = await measureRounds(options.rate);
const figures = figuresOf(saturated, chosen);
const atRate = options.write ? await measureRounds(NOTICEABLE_RATE) : [];
if (options.write) figures.push(...p99Figures(atRate, chosen, Number(NOTICEABLE_RATE)));

console.log('\n                                    median   min … max');
for (const [name, median, spread] of figures.map(describeFigure)) {
  console.log(`${name!.padEnd(36)} ${median!.padStart(8)}   ${spread}`);
}
const failed = failedRequests([...saturated, ...atRate]);
console.log(`failed requests: ${failed}`);
if (failed > 0) process.exitCode = 1;
else if (options.write) {
  await writeBetweenMarkers(COSTS_PAGE, COSTS, figuresTable('npm run bench -- --write', rounds, figures));
}

async function measureRounds(rate: string | undefined): Promise<Round[]> {
  const results: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const figures: Round = {};
    // Each round starts with another variant, and every second round runs in reverse order: so no variant always runs at the
    // quietest or busiest moment, or always after the same one, whose data is still in Postgres.
    const start = Math.floor(round / 2) % order.length;
    const turn = [...order.slice(start), ...order.slice(0, start)];
    const load = { duration: seconds, ...(rate !== undefined && { overallRate: Number(rate) }) };
    for (const variant of round % 2 === 0 ? turn : turn.reverse()) figures[variant] = await measure(variant, load);
    results.push(figures);
    console.log(
      `round ${round + 1}: ${order.map((variant) => `${variant} ${describe(figures[variant]!)}`).join(' · ')}`,
    );
  }
  return results;
}

async function measure(
  variant: string,
  load: { amount: number } | { duration: number; overallRate?: number },
): Promise<Figures> {
  const path = '/unicorn?limit=50';
  // A new name for each POST; the following DELETE on the same connection removes it again.
  let names = 0;
  const prefix = `${variant} ${Date.now()}`;
  const body = (name: number) => JSON.stringify({ name: `${prefix} ${name}` });
  const before = await cpuSeconds(variant);
  const result = await autocannon({
    url: variants[variant]!,
    connections,
    ...load,
    requests: [
      { method: 'GET', path },
      { method: 'GET', path },
      {
        method: 'POST',
        path: '/owlbear',
        headers: json,
        setupRequest: (request, context: { name?: number }) => {
          context.name = names++;
          return { ...request, body: body(context.name) };
        },
      },
      {
        method: 'DELETE',
        path: '/owlbear',
        headers: json,
        setupRequest: (request, context: { name?: number }) => ({ ...request, body: body(context.name ?? 0) }),
      },
    ],
  });
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    cpuMs: (((await cpuSeconds(variant)) - before) * 1000) / result.requests.total,
    failed: result.errors + result.timeouts + result.non2xx,
  };
}

/** CPU time of the process so far, with all its threads. The bare server doesn't report it. */
async function cpuSeconds(variant: string): Promise<number> {
  if (variant === 'bare') return Number.NaN;
  return metricAt(variants[variant]!, 'process_cpu_seconds_total');
}

function describe({ requestsPerSecond, p50, p99, cpuMs }: Figures): string {
  const cpu = Number.isNaN(cpuMs) ? '' : ` CPU ${cpuMs.toFixed(2)} ms`;
  return `${requestsPerSecond.toFixed(0)}/s p50 ${p50} ms p99 ${p99} ms${cpu}`;
}

async function urlOf(starting: ReturnType<typeof startProgram>): Promise<string> {
  const running = await starting;
  resources.defer(async () => void (await running.stop()));
  return running.url;
}

async function startSink(): Promise<{ grpc: number; http: number }> {
  const ports = Promise.withResolvers<{ grpc: number; http: number }>();
  resources.use(
    startChild({
      name: 'sink',
      main: join(import.meta.dirname, 'sink.ts'),
      onMessage: (message) => ports.resolve(message as { grpc: number; http: number }),
    }),
  );
  return ports.promise;
}
