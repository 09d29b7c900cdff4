import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const ROOT = path.join(import.meta.dirname, '../..');

const ALLOY_STACK = 'docker-compose-workshop.yml';
const COLLECTOR_STACK = 'docker-compose-workshop-otel.yml';

/**
 * Runs Docker Compose on the workshop's stack; its output goes to the terminal.
 *
 * @returns whether it succeeded; also false if Docker is not available
 */
export const compose = (...args: string[]): Promise<boolean> => run(ALLOY_STACK, args, 'inherit');

async function run(stack: string, args: string[], stderr: 'inherit' | 'ignore'): Promise<boolean> {
  const child = spawn('docker', ['compose', '-f', stack, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', stderr],
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

/** Makes the Collector read the student's file. Its reload, on SIGHUP, would not tell when the old pipelines have ended. */
export const restartCollector = (): Promise<boolean> => run(COLLECTOR_STACK, ['restart', 'otel-collector'], 'ignore');
