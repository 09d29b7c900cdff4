import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Signal } from '../../source/cloud-check/fields.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from '../../tests/support/child-program.ts';
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

const ROOT = path.join(import.meta.dirname, '../..');

type Recipe = {
  program: 'mimir' | 'loki' | 'tempo' | 'pyroscope';
  file: string;
  /** The container folders that its configuration uses. */
  folders: string[];
  args?: (grpcPort: number, folder: string) => Promise<string[]>;
};

const RECIPES: Record<Signal, Recipe> = {
  metrics: { program: 'mimir', file: 'mimir/mimir.yml', folders: ['/data', '/etc/mimir/rules'] },
  logs: { program: 'loki', file: 'loki/loki.yaml', folders: ['/loki', '/etc/loki/rules'] },
  traces: {
    program: 'tempo',
    file: 'tempo/tempo.yaml',
    folders: ['/var/tempo'],
    args: async (grpcPort, folder) => [
      `-querier.frontend-address=127.0.0.1:${grpcPort}`,
      `-live-store.wal.path=${folder}/live-store`,
      `-live-store.shutdown_marker_dir=${folder}/live-store-marker`,
      `-block-builder.wal.path=${folder}/block-builder`,
      `-backend-schedulerbackend-scheduler.local-work-path=${folder}/scheduler`,
    ],
  },
  profiles: {
    program: 'pyroscope',
    file: 'pyroscope/pyroscope.yaml',
    folders: ['/data'],
    async args(grpcPort) {
      const raft = `127.0.0.1:${await freePort()}`;
      return [
        `-metastore.address=127.0.0.1:${grpcPort}`,
        `-query-backend.address=127.0.0.1:${grpcPort}`,
        `-metastore.raft.bind-address=${raft}`,
        `-metastore.raft.advertise-address=${raft}`,
        `-metastore.raft.server-id=${raft}`,
      ];
    },
  },
};

export async function startRealBackends(): Promise<RealBackends> {
  await using resources = new AsyncDisposableStack();
  let tracesGrpc: string | undefined;
  const queries: RealBackends['queries'] = {};
  const notRun: string[] = [];
  const outages: Outage[] = [];
  const folder = await temporaryFolder(resources, 'backends');
  for (const [signal, { program, file, folders, args }] of Object.entries(RECIPES) as [Signal, Recipe][]) {
    const found = await realProgram(program);
    if (found.path === undefined) {
      notRun.push(program);
      continue;
    }
    const [http, grpc, otlp, otlpHttp] = [await freePort(), await freePort(), await freePort(), await freePort()];
    let text = await readFile(path.join(ROOT, file), 'utf8');
    for (const name of folders) {
      await mkdir(path.join(folder, program, name), { recursive: true });
      text = text.replaceAll(new RegExp(`(?<=[ "])${name}(?=[/"\\n])`, 'g'), path.join(folder, program, name));
    }
    text = text.replace('0.0.0.0:4317', `127.0.0.1:${otlp}`).replace('0.0.0.0:4318', `127.0.0.1:${otlpHttp}`);
    text = text.replaceAll('/etc/mimir/alertmanager.yaml', path.join(ROOT, 'mimir/alertmanager.yaml'));
    // Its address in the sandbox.
    text = text.replaceAll('http://mimir:9009', queries.metrics ?? 'http://127.0.0.1:9');
    const configuration = path.join(folder, path.basename(file));
    await writeFile(configuration, text);
    const url = `http://127.0.0.1:${http}`;
    const options = [
      `-config.file=${configuration}`,
      '-config.expand-env=true',
      `-server.http-listen-port=${http}`,
      `-server.grpc-listen-port=${grpc}`,
      `-memberlist.bind-port=${await freePort()}`,
      ...((await args?.(grpc, path.join(folder, program))) ?? []),
    ];
    const start = () => startChildProgram(found.path, options, { env: { HOME: folder }, ready: `${url}/ready` });
    let running = await start();
    resources.defer(() => running.stop());
    if (signal !== 'profiles') {
      outages.push({
        stop: () => running.stop(),
        start: async () => {
          running = await start();
        },
      });
    }
    if (signal === 'traces') tracesGrpc = `http://127.0.0.1:${otlp}`;
    queries[signal] = url;
  }
  const outage: Outage = {
    stop: async () => void (await Promise.all(outages.map(({ stop }) => stop()))),
    start: async () => void (await Promise.all(outages.map(({ start }) => start()))),
  };
  const started = resources.move();
  return { tracesGrpc, queries, notRun, outage, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
