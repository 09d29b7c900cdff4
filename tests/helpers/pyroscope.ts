import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../source/embedded/ports.ts';
import type { FlameGraph } from './flame-graph.ts';
import { until } from './until.ts';

export type Pyroscope = {
  port: number;
  /** Asks the API that Grafana asks. */
  ask<T>(method: string, question: object): Promise<T>;
  /** The flame graph of spans, as Grafana asks for it; or that of all, without spans. */
  flameGraph(profileTypeID: string, labelSelector: string, spans?: string[]): Promise<FlameGraph>;
  [Symbol.asyncDispose](): Promise<void>;
};

const CONFIGURATION = join(import.meta.dirname, '../../pyroscope/pyroscope.yaml');

/** The real Pyroscope with the configuration of the stack; only ports and folders are others. */
export async function startPyroscope(program: string): Promise<Pyroscope> {
  const folder = await mkdtemp(join(tmpdir(), 'mythical-pyroscope-'));
  const [port, grpc, memberlist, raft] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const child = spawn(
    program,
    [
      `-config.file=${CONFIGURATION}`,
      '-server.http-listen-address=127.0.0.1',
      '-server.grpc-listen-address=127.0.0.1',
      `-server.http-listen-port=${port}`,
      `-server.grpc-listen-port=${grpc}`,
      '-memberlist.bind-addr=127.0.0.1',
      '-memberlist.advertise-addr=127.0.0.1',
      `-memberlist.bind-port=${memberlist}`,
      // Where its own parts find each other.
      ...['segment-writer.lifecycler.addr', 'distributor.ring.instance-addr', 'query-frontend.instance-addr'].map(
        (flag) => `-${flag}=127.0.0.1`,
      ),
      `-query-backend.address=127.0.0.1:${grpc}`,
      `-storage.filesystem.dir=${folder}/shared`,
      `-metastore.data-dir=${folder}/metastore/data`,
      `-metastore.raft.dir=${folder}/metastore/raft`,
      `-metastore.raft.bind-address=127.0.0.1:${raft}`,
      `-metastore.raft.advertise-address=127.0.0.1:${raft}`,
      `-metastore.address=127.0.0.1:${grpc}`,
      `-compaction-worker.temp-dir=${folder}`,
    ],
    { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const exited = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  async function stop(): Promise<void> {
    child.kill();
    await exited;
    await rm(folder, { recursive: true, force: true });
  }
  try {
    await Promise.race([
      until(async () => (await fetch(`${url}/ready`)).ok, { timeoutMs: 60_000, what: () => `Pyroscope: ${log}` }),
      exited.then(() => Promise.reject(new Error(`Pyroscope ended: ${log}`))),
    ]);
  } catch (error) {
    await stop();
    throw error;
  }

  async function ask<T>(method: string, question: object): Promise<T> {
    const now = Date.now();
    const response = await fetch(`${url}/querier.v1.QuerierService/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ start: now - 600_000, end: now + 60_000, ...question }),
    });
    if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }

  return {
    port,
    ask,
    async flameGraph(profileTypeID, labelSelector, spans) {
      const method = spans ? 'SelectMergeSpanProfile' : 'SelectMergeStacktraces';
      const { flamegraph } = await ask<{ flamegraph?: FlameGraph }>(method, {
        profileTypeID,
        labelSelector,
        ...(spans && { spanSelector: spans }),
      });
      return flamegraph ?? { names: [], levels: [] };
    },
    [Symbol.asyncDispose]: stop,
  };
}
