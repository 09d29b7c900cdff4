import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { inProject, read } from './project.ts';

/** A real backend with the sandbox's configuration, except for ports and folders. */
export type Backend = ChildProgram & { url: string; ports: number[] };

/** The ports and the data folder in its configuration; the first port is its HTTP API. Mimir always opens a third, for gossip. */
const BACKENDS = {
  mimir: { file: 'mimir.yml', ports: ['9009', '9095', '7946'], data: '/data' },
  loki: { file: 'loki.yaml', ports: ['3100', '9096'], data: '/loki' },
  tempo: { file: 'tempo.yaml', ports: ['3200', '9095', '4317', '4318'], data: '/var/tempo' },
};

export type BackendOptions = {
  /** For its data, and for its configuration. */
  folder: string;
  /** To start it again on the same ports. */
  ports?: number[];
  /** What `/etc/<name>` is in its container. */
  files?: string;
  /** Where it sends metrics and alerts; not needed by Mimir. */
  mimirUrl?: string;
  args?: string[];
  env?: Record<string, string>;
};

export async function startBackend(
  name: keyof typeof BACKENDS,
  program: string,
  { folder, ports: given, files = inProject(name), mimirUrl = '', args = [], env = {} }: BackendOptions,
): Promise<Backend> {
  const backend = BACKENDS[name];
  const ports = given ?? (await Promise.all(backend.ports.map(freePort)));
  const data = path.join(folder, 'data');
  await mkdir(data, { recursive: true });
  let text = read(`${name}/${backend.file}`)
    .replaceAll('http://mimir:9009', mimirUrl)
    .replaceAll(`/etc/${name}/`, `${files}/`)
    .replaceAll(` ${backend.data}`, ` ${data}`)
    // Unless configured otherwise, Loki's components find each other on the machine's first address.
    .replace(/^common:\n(?= {2}path_prefix)/m, 'common:\n  instance_addr: 127.0.0.1\n');
  backend.ports.forEach((port, index) => {
    text = text.replaceAll(new RegExp(`\\b${port}\\b`, 'g'), String(ports[index]));
  });
  const configuration = path.join(folder, backend.file);
  await writeFile(configuration, text);
  const url = `http://127.0.0.1:${ports[0]}`;
  const gossip = ['-memberlist.bind-addr=127.0.0.1', `-memberlist.bind-port=${ports[2]}`];
  const child = await startChildProgram(
    program,
    [`-config.file=${configuration}`, '-config.expand-env=true', ...(name === 'mimir' ? gossip : []), ...args],
    { env, ready: `${url}/ready`, timeoutMs: 120_000 },
  );
  return { ...child, url, ports };
}
