import { join } from 'node:path';
import { FRONTEND, SERVICE_NODE_ARGS, SERVICES, type ServiceKey } from '@mythical/common/services';
import { startChild } from './child.ts';
import {
  frontendEnvironment,
  frontendUrl,
  lensEnvironment,
  lensUrl,
  serviceEnvironment,
  serviceUrl,
} from './child-environment.ts';
import type { DataFolder } from './data-folder.ts';
import { type Part, startPart, whenReady } from './parts.ts';
import { spawnPostgres } from './postgres.ts';
import { stopLeftover } from './postgres-leftover.ts';
import type { Screen } from './screen.ts';
import { REPOSITORY, type Settings } from './settings.ts';

type Context = { settings: Settings; folder: DataFolder; screen: Screen; resources: AsyncDisposableStack };

/**
 * Starts Postgres, lens and the services, and resolves when all are ready. They are stopped in the order requester,
 * server and recorder, frontend and lens, Postgres, so that each still has what it depends on.
 */
export async function startSandbox(context: Context): Promise<void> {
  const { settings, folder, resources } = context;
  const postgres = settings.embeddedPostgres ? startPostgresPart(context) : undefined;
  const lens = startProgram(context, 'lens', 'lens', lensEnvironment(settings, folder));
  const frontend = startProgram(context, FRONTEND.name, 'frontend', frontendEnvironment(settings));
  stopTogether(resources, lens, frontend);
  const pagesReady = Promise.all([
    showReady(context, lens, lensUrl(settings)),
    showReady(context, frontend, frontendUrl(settings)),
  ]);
  // Awaited below; an earlier rejection must not count as unhandled.
  pagesReady.catch(() => {});

  // The services import their modules while Postgres starts.
  const postgresUrl = await postgres?.url;
  if (resources.disposed) return;
  const startService = (service: ServiceKey) =>
    startProgram(
      context,
      SERVICES[service].name,
      service,
      serviceEnvironment(service, settings, postgresUrl),
      SERVICE_NODE_ARGS,
    );
  const server = startService('server');
  const recorder = startService('recorder');
  stopTogether(resources, server, recorder);
  const requester = startService('requester');
  stopTogether(resources, requester);
  await Promise.all([
    pagesReady,
    postgres?.ready,
    showReady(context, server, serviceUrl('server', settings)),
    showReady(context, recorder, serviceUrl('recorder', settings)),
    showReady(context, requester, serviceUrl('requester', settings)),
  ]);
}

/** `url` resolves as soon as it is known, `ready` when the database accepts connections. */
function startPostgresPart({ settings, folder, screen, resources }: Context) {
  const port = settings.ports.EMBEDDED_POSTGRES_PORT;
  let spawned: ReturnType<typeof spawnPostgres>;
  const part = startPart(
    'Postgres',
    join(folder.logs, 'postgres.log'),
    () => resources.disposed,
    (onLine) => {
      spawned = spawnPostgres({ dataDir: folder.postgres, port }, onLine);
      return spawned.child;
    },
  );
  // If the intermediate process was killed, Postgres itself is still running.
  resources.defer(() => stopLeftover(folder.postgres, screen.note));
  stopTogether(resources, part);
  const { starting, ready } = spawned!;
  const shown = ready.then(() => screen.ready('Postgres', `127.0.0.1:${port}`));
  // Awaited later; an earlier rejection must not count as unhandled.
  shown.catch(() => {});
  return { url: starting, ready: shown };
}

/** For lens and the frontend, which serve one user: they create little garbage, or a lot at once. */
export const PAGE_NODE_ARGS = ['--max-semi-space-size=8'];

function startProgram(
  { folder, resources }: Context,
  name: string,
  directory: string,
  env: NodeJS.ProcessEnv,
  nodeArgs = PAGE_NODE_ARGS,
): Part {
  const main = join(REPOSITORY, 'source', directory, 'main.ts');
  const logPath = join(folder.logs, `${name}.log`);
  return startPart(
    name,
    logPath,
    () => resources.disposed,
    (onLine) => startChild({ name, main, env, nodeArgs, onLine }),
  );
}

function stopTogether(resources: AsyncDisposableStack, ...parts: Part[]): void {
  resources.defer(async () => {
    await Promise.all(parts.map(({ child }) => child.stop()));
  });
}

async function showReady({ screen }: Context, part: Part, url: string): Promise<void> {
  await whenReady(part, url);
  screen.ready(part.name, url);
}
