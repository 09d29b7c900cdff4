import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { freePort } from '../../source/launcher/ports.ts';
import { loadSettings } from '../../source/launcher/settings.ts';
import { closing } from './closing.ts';
import { inProject } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** The command that npm runs. */
const START = inProject('source/launcher/start.cjs');

export type Launched = {
  child: ChildProcess;
  exited: Promise<[code: number | null, signal: NodeJS.Signals | null]>;
  output(): string;
  /** Waits for the screen. */
  running(): Promise<unknown>;
};

/** A new data folder and free ports, on which `npm start` can run once or several times. */
export type Place = {
  env: Record<string, string>;
  launch(...args: string[]): Launched;
  /** The running processes that have this data folder in their environment or arguments, other than the launcher. */
  processes(): Promise<{ pid: number; command: string }[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function preparePlace(): Promise<Place> {
  await using resources = new AsyncDisposableStack();
  const dataDir = await temporaryFolder(resources, 'start');
  const env: Record<string, string> = { MYTHICAL_DATA_DIR: dataDir };
  for (const name of Object.keys(loadSettings({}).ports)) env[name] = String(await freePort());
  const launchers: ChildProcess[] = [];
  const processes = () => processesOf(dataDir);
  resources.defer(async () => {
    for (const launcher of launchers) {
      if (launcher.exitCode !== null || launcher.signalCode !== null) continue;
      const exited = once(launcher, 'exit');
      launcher.kill('SIGTERM');
      await exited;
    }
    await until(async () => (await processes()).length === 0);
  });
  return closing(resources, {
    env,
    processes,
    launch(...args) {
      const child = spawn(process.execPath, [START, ...args], {
        env: { PATH: process.env.PATH, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      launchers.push(child);
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
      return {
        child,
        exited: once(child, 'exit') as Launched['exited'],
        output: () => output,
        running: () =>
          until(() => /Mythical is running/.test(output), { timeoutMs: 90_000, what: () => `the screen:\n${output}` }),
      };
    },
  });
}

async function processesOf(dataDir: string): Promise<{ pid: number; command: string }[]> {
  if (process.platform !== 'linux') return [];
  const found = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const command = (await readFile(`/proc/${name}/cmdline`, 'utf8')).replaceAll('\0', ' ');
      const environment = await readFile(`/proc/${name}/environ`, 'utf8');
      const isOurs = environment.includes(`MYTHICAL_DATA_DIR=${dataDir}\0`) || command.includes(dataDir);
      if (isOurs && !command.includes(START)) found.push({ pid: Number(name), command });
    } catch {
      // The process has ended in the meantime.
    }
  }
  return found;
}
