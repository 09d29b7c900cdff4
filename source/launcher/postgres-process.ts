/**
 * The process between the launcher (or a test) and Postgres: it stops Postgres on request, and also when its parent is
 * gone, which Postgres itself wouldn't notice. `spawnPostgres` starts it with one argument, the `ProcessOptions` as
 * JSON.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { messageOf } from '@mythical/common/error-message';
import { runProcess } from '@mythical/common/lifecycle';
import type { PostgresMessage, ProcessOptions } from './postgres.ts';
import { runServer } from './postgres-server.ts';

const send = (message: PostgresMessage) => void process.send?.(message);

await runProcess(async (resources) => {
  const options: ProcessOptions = JSON.parse(process.argv[2] ?? '');
  try {
    const dataDir = options.dataDir ?? join(await temporaryFolder(resources), 'data');
    const { port } = options;
    const onStarting = (url: string) => send({ starting: url });
    const server = await runServer(
      { dataDir, port, durable: options.dataDir !== undefined, log, onStarting },
      resources,
    );
    // Deliberately unhandled: a rejection makes `runProcess` end this process.
    void server.failed.then();
    send({ url: server.url });
  } catch (error) {
    send({ error: messageOf(error) });
    throw error;
  }
});

async function temporaryFolder(resources: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mythical-postgres-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function log(line: string): void {
  console.log(line);
}
