import { closing } from './closing.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { shared } from './use-started.ts';

type SharedServer = AsyncDisposable & { sandbox: Sandbox; url: string };

/** One server for all files in this process that only send requests to it. */
export const useServer = shared(async (): Promise<SharedServer> => {
  await using resources = new AsyncDisposableStack();
  const sandbox = resources.use(await startSandbox());
  const { url } = await sandbox.start('server');
  return closing(resources, { sandbox, url });
});
