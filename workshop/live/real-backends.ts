import path from 'node:path';
import type { Signal } from '../../source/cloud-check/fields.ts';
import { startBackend } from '../../tests/support/backends.ts';
import { closing } from '../../tests/support/closing.ts';
import { startPyroscope } from '../../tests/support/pyroscope.ts';
import { realProgram } from '../../tests/support/real-program.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { Outage } from './outage.ts';

/** The real programs behind the endpoints, each with its configuration from the sandbox, on free ports and in a new folder. */
export type RealBackends = {
  /** Where Tempo receives OTLP over gRPC. */
  tracesGrpc: string | undefined;
  /** Where each answers queries. */
  queries: Partial<Record<Signal, string>>;
  /** Programs that are not installed here. */
  notRun: string[];
  /** Stops the backends of a lesson on outages, and starts them again with their data. */
  outage: Outage;
  [Symbol.asyncDispose](): Promise<void>;
};

/** Mimir is first, because Loki and Tempo send metrics to it. */
const PROGRAMS = { metrics: 'mimir', logs: 'loki', traces: 'tempo', profiles: 'pyroscope' } as const;
const NOWHERE = 'http://127.0.0.1:9';

export async function startRealBackends(): Promise<RealBackends> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'backends');
  let tracesGrpc: string | undefined;
  const queries: RealBackends['queries'] = {};
  const notRun: string[] = [];
  const outages: Outage[] = [];
  for (const [signal, name] of Object.entries(PROGRAMS) as [Signal, (typeof PROGRAMS)[Signal]][]) {
    const { path: program } = await realProgram(name);
    if (program === undefined) {
      notRun.push(name);
    } else if (name === 'pyroscope') {
      const { port } = resources.use(await startPyroscope(program));
      queries[signal] = `http://127.0.0.1:${port}`;
    } else {
      const options = { folder: path.join(folder, name), mimirUrl: queries.metrics ?? NOWHERE };
      let running = await startBackend(name, program, options);
      const { url, ports } = running;
      resources.defer(() => running.stop());
      outages.push({
        stop: () => running.stop(),
        start: async () => {
          running = await startBackend(name, program, { ...options, ports });
        },
      });
      queries[signal] = url;
      if (name === 'tempo') tracesGrpc = `http://127.0.0.1:${ports[2]}`;
    }
  }
  const outage: Outage = {
    stop: async () => void (await Promise.all(outages.map(({ stop }) => stop()))),
    start: async () => void (await Promise.all(outages.map(({ start }) => start()))),
  };
  return closing(resources, { tracesGrpc, queries, notRun, outage });
}
