import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../../source/launcher/ports.ts';
import { until } from '../../../source/launcher/until.ts';
import { startChildProgram } from '../../../tests/support/child-program.ts';
import { findOnPath } from '../../../tests/support/on-path.ts';
import { runSender } from './intake.ts';

/** The same spans at the same rate, taken in by Jaeger 2 with its storage in memory. */
export type PeerIntake = {
  perSecond: number;
  sent: number;
  lost: number;
  refusals: number;
  cpuMicrosPerRow: number;
  peakMegabytes: number;
};

/** More than the traces of a minute. */
const MAX_TRACES = 1_000_000;

/** @returns undefined if there is no Jaeger on PATH */
export async function measureJaeger(task: {
  rate: number;
  seconds: number;
  batch: number;
}): Promise<PeerIntake | undefined> {
  const program = await findOnPath('jaeger');
  if (program === undefined) return undefined;
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-jaeger-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const [grpc, http, metrics, query, queryGrpc] = await Promise.all(Array.from({ length: 5 }, freePort));
  const file = path.join(folder, 'jaeger.json');
  await writeFile(file, JSON.stringify(configuration({ grpc, http, metrics, query, queryGrpc })));
  const child = resources.use(
    await startChildProgram(program, ['--config', file], { ready: `http://127.0.0.1:${metrics}/metrics` }),
  );
  const read = async (name: string) => {
    const text = await (await fetch(`http://127.0.0.1:${metrics}/metrics`)).text();
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const cpuBefore = await read('otelcol_process_cpu_seconds_total');
  const startedAt = performance.now();
  const sent = await runSender({ signal: 'spans', url: '', grpcAddress: `127.0.0.1:${grpc}`, ...task });
  const stored = () => read('otelcol_exporter_sent_spans_total');
  await until(async () => (await stored()) >= sent.items, { timeoutMs: 10_000 }).catch(() => {});
  const seconds = (performance.now() - startedAt) / 1000;
  return {
    perSecond: (await stored()) / seconds,
    sent: sent.items,
    lost: sent.items - (await stored()),
    refusals: sent.refusals,
    cpuMicrosPerRow: (((await read('otelcol_process_cpu_seconds_total')) - cpuBefore) * 1e6) / sent.rows,
    peakMegabytes: await child.peakMegabytes(),
  };
}

/** https://www.jaegertracing.io/docs/2.13/deployment/configuration/ */
function configuration(ports: Record<'grpc' | 'http' | 'metrics' | 'query' | 'queryGrpc', number | undefined>) {
  const at = (port: number | undefined) => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: {
        logs: { level: 'warn' },
        metrics: {
          level: 'detailed',
          readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: ports.metrics } } } }],
        },
      },
    },
    extensions: {
      jaeger_query: { storage: { traces: 'memory' }, http: at(ports.query), grpc: at(ports.queryGrpc) },
      jaeger_storage: { backends: { memory: { memory: { max_traces: MAX_TRACES } } } },
    },
    receivers: { otlp: { protocols: { grpc: at(ports.grpc), http: at(ports.http) } } },
    processors: { batch: {} },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}
