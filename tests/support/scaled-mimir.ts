import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { type Backend, startBackend } from './backends.ts';
import { closing } from './closing.ts';
import { startNginx } from './nginx.ts';
import { startObjectStorage } from './object-storage.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type ScaledMimir = {
  /** nginx, in front of all. */
  url: string;
  /** Each Mimir, bypassing nginx. */
  urls: string[];
  kill(mimir: number): Promise<void>;
  start(mimir: number): Promise<void>;
  /** The number of blocks in the object storage. */
  storedBlocks(): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
};

type Programs = { mimir: string; nginx: string; versitygw: string };

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
  const storage = resources.use(await startObjectStorage(programs.versitygw, path.join(folder, 'objects')));
  const ports = await Promise.all(Array.from({ length: 3 }, () => Promise.all(Array.from({ length: 3 }, freePort))));
  const env = {
    ...storage.env,
    MIMIR_MEMBERS: `[${ports.map(([, , gossip]) => `127.0.0.1:${gossip}`).join(', ')}]`,
    HOME: folder,
  };
  const running = new Map<number, Backend>();
  resources.defer(async () => {
    await Promise.all(running.values().map((mimir) => mimir.stop()));
  });
  async function start(index: number): Promise<void> {
    const [own, args] = [ports[index]!, identity(index, ports[index]![2]!)];
    const where = path.join(folder, `mimir-${index}`);
    running.set(index, await startBackend('mimir', programs.mimir, { folder: where, ports: own, env, args }));
  }
  await Promise.all(ports.map((_, index) => start(index)));
  const [a, b, c] = ports.map(([http]) => http) as [number, number, number];
  const { url } = resources.use(await startNginx(programs.nginx, [a, b, c]));
  return closing(resources, {
    url,
    urls: ports.map(([http]) => `http://127.0.0.1:${http}`),
    start,
    kill: async (index) => running.get(index)!.stop('SIGKILL'),
    storedBlocks: async () =>
      (await storage.objects('mimir')).filter((object) => /blocks\/anonymous\/\w+\/meta\.json$/.test(object)).length,
  });
}

/** In containers, each has a separate name and address. */
const identity = (index: number, gossip: number) => [
  `-memberlist.nodename=mimir-${index}`,
  '-memberlist.advertise-addr=127.0.0.1',
  `-memberlist.advertise-port=${gossip}`,
  '-query-frontend.instance-addr=127.0.0.1',
  ...RINGS.flatMap((ring) => [`-${ring}.instance-id=mimir-${index}`, `-${ring}.instance-addr=127.0.0.1`]),
];
