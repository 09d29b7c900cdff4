import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

/**
 * Runs Docker Compose on the workshop's stack; its output goes to the terminal.
 *
 * @returns whether it succeeded; also false if Docker is not available
 */
export async function compose(...args: string[]): Promise<boolean> {
  const child = spawn('docker', ['compose', '-f', 'docker-compose-workshop.yml', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    // Ctrl-C must not end it halfway: it is for the command, which decides what is left to do.
    detached: true,
  });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } catch {
    return false;
  }
}

/** Makes the running stack's Alloy read the student's file, and the services write lines for the lessons. */
export const pointAlloy = (): Promise<boolean> =>
  compose('up', '-d', '--no-deps', '--wait', 'alloy', 'mythical-requester', 'mythical-server', 'mythical-recorder');
