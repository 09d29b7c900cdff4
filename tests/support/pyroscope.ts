import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FlameGraph } from '../../grafana/model/flame-graph.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Pyroscope = {
  port: number;
  /** Calls the API that Grafana uses. */
  ask<T>(method: string, question: object): Promise<T>;
  /** The flame graph of these spans, as Grafana requests it; without spans, of everything. */
  flameGraph(profileTypeID: string, labelSelector: string, spans?: string[]): Promise<FlameGraph>;
  [Symbol.asyncDispose](): Promise<void>;
};

const CONFIGURATION = join(import.meta.dirname, '../../pyroscope/pyroscope.yaml');

/** The real Pyroscope with the stack's configuration, except for ports and folders. */
export async function startPyroscope(
  program: string,
  { folder: given, env = {} }: { folder?: string; env?: Record<string, string> } = {},
): Promise<Pyroscope> {
  await using resources = new AsyncDisposableStack();
  const folder = given ?? (await temporaryFolder(resources, 'pyroscope'));
  await mkdir(folder, { recursive: true });
  const [port, grpc, memberlist, raft] = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${port}`;
  const running = await startChildProgram(
    program,
    [
      `-config.file=${CONFIGURATION}`,
      '-config.expand-env=true',
      '-server.http-listen-address=127.0.0.1',
      '-server.grpc-listen-address=127.0.0.1',
      `-server.http-listen-port=${port}`,
      `-server.grpc-listen-port=${grpc}`,
      '-memberlist.bind-addr=127.0.0.1',
      '-memberlist.advertise-addr=127.0.0.1',
      `-memberlist.bind-port=${memberlist}`,
      // The address where its own components find each other.
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
    { cwd: folder, env, ready: `${url}/ready` },
  );
  resources.use(running);

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

  return closing(resources, {
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
  });
}
