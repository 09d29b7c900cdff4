import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { startNginx } from './nginx.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type ScaledMimir = {
  /** nginx, in front of all. */
  url: string;
  /** Each Mimir, bypassing nginx. */
  urls: string[];
  kill(mimir: number): Promise<void>;
  start(mimir: number): Promise<void>;
  /** The number of files with Mimir's blocks in the object storage. */
  storedFiles(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Programs = { mimir: string; nginx: string; versitygw: string };
type Ports = { http: number; grpc: number; gossip: number };

const ROOT = path.join(import.meta.dirname, '../..');
const KEYS = { S3_ACCESS_KEY: 'test', S3_SECRET_KEY: 'test-secret' };
const RINGS = [
  'ingester.ring',
  'distributor.ring',
  'store-gateway.sharding-ring',
  'compactor.ring',
  'ruler.ring',
  'alertmanager.sharding-ring',
  'querier.ring',
  'query-scheduler.ring',
  'overrides-exporter.ring',
];

/** The Mimirs, nginx and object storage of docker-compose-scale.yml, with their configurations, as processes on this machine. */
export async function startScaledMimir(programs: Programs): Promise<ScaledMimir> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'scale');
  const storage = await freePort();
  resources.use(await startObjectStorage(programs.versitygw, storage, folder));
  const ports: Ports[] = [];
  for (let i = 0; i < 3; i++) {
    ports.push({ http: await freePort(), grpc: await freePort(), gossip: await freePort() });
  }
  const env = {
    ...parseEnv(await readFile(path.join(ROOT, 'scale/scale.env'), 'utf8')),
    ...KEYS,
    S3_ENDPOINT: `127.0.0.1:${storage}`,
    MIMIR_MEMBERS: `[${ports.map(({ gossip }) => `127.0.0.1:${gossip}`).join(', ')}]`,
    HOME: folder,
  } as Record<string, string>;
  const running = new Map<number, ChildProgram>();
  resources.defer(async () => {
    await Promise.all(running.values().map((mimir) => mimir.stop()));
  });
  async function start(index: number): Promise<void> {
    running.set(
      index,
      await startMimir(programs.mimir, index, ports[index]!, path.join(folder, `mimir-${index}`), env),
    );
  }
  await Promise.all(ports.map((_, index) => start(index)));
  const [a, b, c] = ports.map(({ http }) => http) as [number, number, number];
  const { url } = resources.use(await startNginx(programs.nginx, [a, b, c]));
  const started = resources.move();
  return {
    url,
    urls: ports.map(({ http }) => `http://127.0.0.1:${http}`),
    start,
    kill: async (index) => running.get(index)!.stop('SIGKILL'),
    storedFiles: async () => (await readdir(path.join(folder, 'objects/mimir/blocks'), { recursive: true })).length,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

async function startObjectStorage(program: string, port: number, folder: string): Promise<ChildProgram> {
  await mkdir(path.join(folder, 'objects/mimir'), { recursive: true });
  const args = ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', 'posix', `${folder}/objects`];
  const env = { ROOT_ACCESS_KEY_ID: KEYS.S3_ACCESS_KEY, ROOT_SECRET_ACCESS_KEY: KEYS.S3_SECRET_KEY, HOME: folder };
  return startChildProgram(program, args, { env, ready: `http://127.0.0.1:${port}/health` });
}

async function startMimir(
  program: string,
  index: number,
  { http, grpc, gossip }: Ports,
  data: string,
  env: Record<string, string>,
): Promise<ChildProgram> {
  await mkdir(data, { recursive: true });
  const configuration = path.join(data, 'mimir.yml');
  const original = await readFile(path.join(ROOT, 'mimir/mimir.yml'), 'utf8');
  await writeFile(
    configuration,
    original
      .replaceAll('/etc/mimir/', `${ROOT}/mimir/`)
      .replaceAll(' /data/', ` ${data}/`)
      .replaceAll('9009', `${http}`),
  );
  // In containers, each has a separate name and address.
  const identity = RINGS.flatMap((ring) => [`-${ring}.instance-id=mimir-${index}`, `-${ring}.instance-addr=127.0.0.1`]);
  const args = [
    `-config.file=${configuration}`,
    '-config.expand-env=true',
    `-server.http-listen-port=${http}`,
    `-server.grpc-listen-port=${grpc}`,
    `-memberlist.nodename=mimir-${index}`,
    '-memberlist.bind-addr=127.0.0.1',
    `-memberlist.bind-port=${gossip}`,
    '-memberlist.advertise-addr=127.0.0.1',
    `-memberlist.advertise-port=${gossip}`,
    '-query-frontend.instance-addr=127.0.0.1',
    ...identity,
  ];
  return startChildProgram(program, args, { env, ready: `http://127.0.0.1:${http}/ready`, timeoutMs: 120_000 });
}
