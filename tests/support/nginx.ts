import { chmod, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { read } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Nginx = { url: string; lines: string[]; [Symbol.asyncDispose](): Promise<void> };

/**
 * A real nginx with scale/nginx.conf, except for addresses: it listens on a free port, and its three Mimirs are on these ports of
 * this machine. So it doesn't resolve names, which would need a newer nginx than Debian's.
 */
export async function startNginx(program: string, mimirs: [number, number, number]): Promise<Nginx> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'nginx');
  // If it is started by root, its workers run as another user.
  await chmod(folder, 0o755);
  const port = await freePort();
  const moved = read('scale/nginx.conf')
    .replaceAll(' /tmp/', ` ${folder}/`)
    // It logs when it is ready.
    .replace('error_log stderr warn;', 'error_log stderr notice;')
    .replace('listen 9009;', `listen 127.0.0.1:${port};`)
    .replaceAll(/server mimir-(\d):9009 resolve/g, (_, number) => `server 127.0.0.1:${mimirs[number - 1]}`);
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, moved);
  const nginx = resources.use(
    await startChildProgram(program, ['-e', 'stderr', '-c', file, '-g', 'daemon off;'], {
      ready: (line) => line.includes('start worker process'),
    }),
  );
  return closing(resources, { url: `http://127.0.0.1:${port}`, lines: nginx.lines });
}
