import { type ChildProgram, startChildProgram } from './child-program.ts';

/** Starts the real Alloy with this configuration; its UI is on this port, and its data is in the folder. */
export function startAlloy(
  program: string,
  { config, folder, page, env = {} }: { config: string; folder: string; page: number; env?: Record<string, string> },
): Promise<ChildProgram> {
  const listen = `--server.http.listen-addr=127.0.0.1:${page}`;
  return startChildProgram(program, ['run', '--disable-reporting', listen, `--storage.path=${folder}/data`, config], {
    env: { HOME: folder, ...env },
    ready: `http://127.0.0.1:${page}/-/ready`,
  });
}
