import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { isAlive } from './process-identity.ts';
import { until } from './until.ts';

const LAUNCHER = `
  import { stopWithParent } from ${JSON.stringify(import.meta.resolve('./parent.ts'))};
  stopWithParent();
  setInterval(() => {}, 1000);
  console.log(process.pid);`;
const SHELL = `
  import { spawn } from 'node:child_process';
  spawn(process.execPath, [process.argv[2]], { stdio: 'inherit' });`;

describe('a launcher whose parent ends', { skip: process.platform === 'win32' }, () => {
  const folder = useFolder('parent');
  before(async () => {
    await writeFile(join(folder, 'launcher.mjs'), LAUNCHER);
    await writeFile(join(folder, 'shell.mjs'), SHELL);
  });

  /** Starts a launcher from a shell, which then ends. */
  async function orphan(npmEvent: string | undefined): Promise<number> {
    const { npm_lifecycle_event: _, ...env } = process.env;
    const shell = spawn(process.execPath, [join(folder, 'shell.mjs'), join(folder, 'launcher.mjs')], {
      env: { ...env, ...(npmEvent !== undefined && { npm_lifecycle_event: npmEvent }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await once(shell.stdout, 'data');
    shell.kill('SIGTERM');
    await once(shell, 'exit');
    return Number(output);
  }

  test('stops if npm started it', async () => {
    const launcher = await orphan('start');
    await until(() => !isAlive(launcher), { timeoutMs: 5_000, what: () => 'the launcher to stop' });
  });

  test('keeps running without npm', async () => {
    const launcher = await orphan(undefined);
    try {
      await assert.rejects(
        until(() => !isAlive(launcher), { timeoutMs: 1_500, what: () => 'the launcher to stop' }),
        /waited 1\.5 s/,
      );
    } finally {
      process.kill(launcher, 'SIGKILL');
    }
  });
});
