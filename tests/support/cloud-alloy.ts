import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Endpoints } from '../../source/cloud-check/fields.ts';
import { forAlloy, tracesAuthorization, tracesAuthorizationFile } from '../../source/cloud-check/for-alloy.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { startAlloy } from './alloy.ts';
import type { ChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The real Alloy with the sandbox's own config.alloy, on free ports. */
export type RunningAlloy = ChildProgram & {
  /** The endpoint of each signal. */
  ports: { page: number; otlpGrpc: number; otlpHttp: number; loki: number; pyroscope: number };
  /** The log lines about one kind of component. */
  linesOf(component: string): string[];
};

/** A password that must not appear on any page. */
export const POSTGRES_PASSWORD = 'the-password-of-postgres';

/** Components that only work in a container next to the others. */
const NEEDS_CONTAINERS = ['metrics.beyla', 'metrics.host', 'metrics.containers', 'logs.containers'];

/** @param targets the addresses to scrape in place of others, such as `mythical-server:4000` */
export function startCloudAlloy(
  program: string,
  endpoints: Endpoints,
  targets: Record<string, string>,
  env: Record<string, string>,
): Promise<RunningAlloy> {
  return startConfigAlloy(program, forAlloy(endpoints), tracesAuthorization(endpoints), targets, env);
}

/** @param endpoints as in alloy/endpoints.json */
export async function startConfigAlloy(
  program: string,
  endpoints: object,
  authorization: string,
  targets: Record<string, string>,
  env: Record<string, string>,
): Promise<RunningAlloy> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'alloy');
  const source = path.join(import.meta.dirname, '../../alloy');
  await cp(source, folder, { recursive: true });
  const [page, otlpGrpc, otlpHttp, loki, pyroscope, prometheus, faro] = await Promise.all(
    Array.from({ length: 7 }, freePort),
  );
  const moves: [from: string, to: string][] = [
    ['0.0.0.0:4317', `127.0.0.1:${otlpGrpc}`],
    ['0.0.0.0:4318', `127.0.0.1:${otlpHttp}`],
    ['= 3100', `= ${loki}`],
    ['listen_port    = 4040', `listen_port    = ${pyroscope}`],
    ['= 9009', `= ${prometheus}`],
    ['= 12350', `= ${faro}`],
    ['127.0.0.1:12345', `127.0.0.1:${page}`],
    ...Object.entries(targets),
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
  await writeFile(endpointsFile, JSON.stringify(endpoints));
  await writeFile(tracesAuthorizationFile(endpointsFile), authorization);
  const alloy = resources.use(
    await startAlloy(program, {
      ...{ config, folder, page: page! },
      env: {
        ENDPOINTS_FILE: endpointsFile,
        STACK_SERVICES: 'alloy',
        GOMEMLIMIT: '380MiB',
        // Nothing listens there.
        POSTGRES_DATA_SOURCE_NAME: `postgresql://reader:${POSTGRES_PASSWORD}@127.0.0.1:1/postgres`,
        ...env,
      },
    }),
  );
  return closing(resources, {
    ...alloy,
    ports: { page: page!, otlpGrpc: otlpGrpc!, otlpHttp: otlpHttp!, loki: loki!, pyroscope: pyroscope! },
    linesOf: (component) => alloy.lines.filter((line) => line.includes(`component_id=${component}`)),
  });
}
