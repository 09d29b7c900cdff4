import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoints } from '../../source/cloud-check/fields.ts';
import { forAlloy, tracesAuthorization, tracesAuthorizationFile } from '../../source/cloud-check/for-alloy.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';

/** The real Alloy with the sandbox's own config.alloy, on free ports. */
export type RunningAlloy = ChildProgram & {
  /** The endpoint of each signal. */
  ports: { page: number; otlpHttp: number; loki: number; pyroscope: number };
  /** The log lines about one kind of component. */
  linesOf(component: string): string[];
};

/** A password that must not appear on any page. */
export const POSTGRES_PASSWORD = 'the-password-of-postgres';

/** Components that only work in a container next to the others. */
const NEEDS_CONTAINERS = ['metrics.beyla', 'metrics.host', 'metrics.containers', 'logs.containers'];

/** @param target the address to scrape instead of mythical-server: host and port */
export async function startCloudAlloy(
  program: string,
  endpoints: Endpoints,
  target: string,
  env: Record<string, string>,
): Promise<RunningAlloy> {
  const folder = await mkdtemp(path.join(tmpdir(), 'mythical-alloy-'));
  const source = path.join(import.meta.dirname, '../../alloy');
  await cp(source, folder, { recursive: true });
  const [page, grpc, otlpHttp, loki, pyroscope, prometheus, faro] = await Promise.all(
    Array.from({ length: 7 }, freePort),
  );
  const moves: [from: string, to: string][] = [
    ['0.0.0.0:4317', `127.0.0.1:${grpc}`],
    ['0.0.0.0:4318', `127.0.0.1:${otlpHttp}`],
    ['= 3100', `= ${loki}`],
    ['listen_port    = 4040', `listen_port    = ${pyroscope}`],
    ['= 9009', `= ${prometheus}`],
    ['= 12350', `= ${faro}`],
    ['127.0.0.1:12345', `127.0.0.1:${page}`],
    ['mythical-server:4000', target],
  ];
  for (const module of ['metrics', 'logs', 'otlp', 'profiles', 'frontend']) {
    const file = path.join(folder, `modules/${module}.alloy`);
    let text = await readFile(file, 'utf8');
    for (const [from, to] of moves) text = text.replaceAll(from, to);
    await writeFile(file, text);
  }
  const config = path.join(folder, 'config.alloy');
  let text = await readFile(config, 'utf8');
  for (const name of NEEDS_CONTAINERS) text = text.replace(new RegExp(`^${name} "default" \\{\\n[^}]*\\n\\}`, 'm'), '');
  await writeFile(config, text);
  const endpointsFile = path.join(folder, 'endpoints.json');
  await writeFile(endpointsFile, JSON.stringify(forAlloy(endpoints)));
  await writeFile(tracesAuthorizationFile(endpointsFile), tracesAuthorization(endpoints));
  try {
    const alloy = await startChildProgram(
      program,
      [
        'run',
        '--disable-reporting',
        `--server.http.listen-addr=127.0.0.1:${page}`,
        `--storage.path=${folder}/data`,
        config,
      ],
      {
        env: {
          HOME: folder,
          ENDPOINTS_FILE: endpointsFile,
          STACK_SERVICES: 'alloy',
          GOMEMLIMIT: '380MiB',
          // Nothing listens there.
          POSTGRES_DATA_SOURCE_NAME: `postgresql://reader:${POSTGRES_PASSWORD}@127.0.0.1:1/postgres`,
          ...env,
        },
        ready: `http://127.0.0.1:${page}/-/ready`,
      },
    );
    return {
      ...alloy,
      ports: { page: page!, otlpHttp: otlpHttp!, loki: loki!, pyroscope: pyroscope! },
      linesOf: (component) => alloy.lines.filter((line) => line.includes(`component_id=${component}`)),
      async [Symbol.asyncDispose]() {
        await alloy[Symbol.asyncDispose]();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
