import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../../source/launcher/ports.ts';
import { startChildProgram } from '../../../tests/support/child-program.ts';
import { findOnPath } from '../../../tests/support/on-path.ts';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { type Intake, type Load, measureIntake } from './intake.ts';

/** More than the traces of a minute. */
const MAX_TRACES = 1_000_000;

/**
 * The same spans, taken in by Jaeger 2 with its storage in memory.
 *
 * @returns undefined if there is no Jaeger on PATH
 */
export async function measureJaeger(load: Load): Promise<Intake | undefined> {
  const program = await findOnPath('jaeger');
  if (program === undefined) return undefined;
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'jaeger');
  const [grpc, http, metrics, query, queryGrpc] = await Promise.all(Array.from({ length: 5 }, freePort));
  const file = path.join(folder, 'jaeger.json');
  await writeFile(file, JSON.stringify(configuration({ grpc, http, metrics, query, queryGrpc })));
  const metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  const child = resources.use(await startChildProgram(program, ['--config', file], { ready: metricsUrl }));
  const read = async (name: string) => {
    const text = await (await fetch(metricsUrl)).text();
    return Number(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? 0);
  };
  const receiver = {
    url: '',
    grpcAddress: `127.0.0.1:${grpc}`,
    stored: () => read('otelcol_exporter_sent_spans_total'),
    cpuSeconds: () => read('otelcol_process_cpu_seconds_total'),
    peakMegabytes: child.peakMegabytes,
  };
  return await measureIntake(receiver, load);
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
