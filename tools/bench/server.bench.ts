import { join } from 'node:path';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { startChild } from '../../source/launcher/child.ts';
import { startTemporaryPostgres } from '../../source/launcher/postgres.ts';
import { postgresEnv, startProgram, startService } from '../../tests/support/sandbox.ts';

/**
 * The overhead of telemetry: the server with all signals on, with all but span profiles, with them off, and a bare express + pg
 * server, alternating within each round, so that changes in the machine's speed affect them alike. Quote the medians of the
 * ratios. If other processes use the machine, compare the CPU time per request.
 *
 *   npm run bench -- --rounds 5 --seconds 6
 *   npm run bench -- --variants on,unlabelled --rounds 20     only these two, and always bare
 *   npm run bench -- --rate 500      at a fixed rate, where p99 is what a user would notice
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
  },
});
const [rounds, seconds, connections] = [options.rounds, options.seconds, options.connections].map(Number) as [
  number,
  number,
  number,
];

type Figures = { requestsPerSecond: number; p50: number; p99: number; failed: number; cpuMs: number };

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
const variants: Record<string, string> = { bare: await startBare() };
for (const variant of chosen) variants[variant] = await start('server', { ...common, ...settings[variant] });
const order = Object.keys(variants);

for (let index = 0; index < 50; index++) {
  await fetch(`${variants.bare}/unicorn`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: `permanent ${index}` }),
  });
}

console.log(
  `warm-up, then ${rounds} rounds of ${seconds} s each with ${connections} connections: GET, GET, POST, DELETE`,
);
for (const variant of order) await measure(variant, 3);

const results: Record<string, Figures>[] = [];
for (let round = 0; round < rounds; round++) {
  const figures: Record<string, Figures> = {};
  // Each round starts with another variant, so that none always gets the quietest or the busiest moment; and every second round
  // runs backwards, so that none always follows the same one, and has to cope with what that left behind in Postgres.
  const start = Math.floor(round / 2) % order.length;
  const turn = [...order.slice(start), ...order.slice(0, start)];
  for (const variant of round % 2 === 0 ? turn : turn.reverse()) figures[variant] = await measure(variant, seconds);
  results.push(figures);
  console.log(`round ${round + 1}: ${order.map((variant) => `${variant} ${describe(figures[variant]!)}`).join(' · ')}`);
}

console.log('\n                                    median   min … max');
const figure = (of: string, name: keyof Figures) => results.map((figures) => figures[of]![name]);
const ratio = (a: string, b: string, name: keyof Figures) =>
  results.map((figures) => figures[a]![name] / figures[b]![name]);
for (const variant of order) report(`requests/s, ${variant}`, figure(variant, 'requestsPerSecond'), 0);
for (const variant of chosen) report(`CPU ms per request, ${variant}`, figure(variant, 'cpuMs'));
for (const [a, b] of [
  ...chosen.filter((variant) => variant !== 'off').map((variant) => [variant, 'off'] as const),
  ['on', 'unlabelled'] as const,
  ['on', 'bare'] as const,
]) {
  if (!(a in variants && b in variants)) continue;
  report(`throughput, ${a} / ${b}`, ratio(a, b, 'requestsPerSecond'));
  report(`p99, ${a} / ${b}`, ratio(a, b, 'p99'));
  if (b !== 'bare') report(`CPU ms per request, ${a} / ${b}`, ratio(a, b, 'cpuMs'));
}
const failed = order.flatMap((variant) => figure(variant, 'failed')).reduce((sum, count) => sum + count, 0);
console.log(`failed requests: ${failed}`);
if (failed > 0) process.exitCode = 1;

async function measure(variant: string, duration: number): Promise<Figures> {
  const path = '/unicorn?limit=50';
  const headers = { 'content-type': 'application/json' };
  // A new name for each POST; the following DELETE on the same connection removes it again.
  let names = 0;
  const prefix = `${variant} ${Date.now()}`;
  const body = (name: number) => JSON.stringify({ name: `${prefix} ${name}` });
  const before = await cpuSeconds(variant);
  const result = await autocannon({
    url: variants[variant]!,
    connections,
    duration,
    ...(options.rate !== undefined && { overallRate: Number(options.rate) }),
    requests: [
      { method: 'GET', path },
      { method: 'GET', path },
      {
        method: 'POST',
        path: '/owlbear',
        headers,
        setupRequest: (request, context: { name?: number }) => {
          context.name = names++;
          return { ...request, body: body(context.name) };
        },
      },
      {
        method: 'DELETE',
        path: '/owlbear',
        headers,
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
  const metrics = await (await fetch(`${variants[variant]}/metrics`)).text();
  return Number(/^process_cpu_seconds_total (\S+)/m.exec(metrics)?.[1]);
}

function describe({ requestsPerSecond, p50, p99, cpuMs }: Figures): string {
  const cpu = Number.isNaN(cpuMs) ? '' : ` CPU ${cpuMs.toFixed(2)} ms`;
  return `${requestsPerSecond.toFixed(0)}/s p50 ${p50} ms p99 ${p99} ms${cpu}`;
}

function report(name: string, values: number[], digits = 2): void {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  const spread = `${sorted[0]!.toFixed(digits)} … ${sorted.at(-1)!.toFixed(digits)}`;
  console.log(`${name.padEnd(34)} ${median.toFixed(digits).padStart(8)}   ${spread}`);
}

async function start(service: 'server', env: Record<string, string>): Promise<string> {
  const running = await startService(service, env);
  resources.defer(async () => void (await running.stop()));
  return running.url;
}

async function startBare(): Promise<string> {
  const running = await startProgram('bare server', join(import.meta.dirname, 'bare-server.ts'), common);
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
