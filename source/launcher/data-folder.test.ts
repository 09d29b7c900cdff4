import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, test } from 'node:test';
import { UserError } from '@mythical/common/lifecycle';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { emptyDataFolder, takeDataFolder } from './data-folder.ts';

describe('the data folder', () => {
  const parent = useFolder('data');
  let path: string;
  beforeEach(() => {
    path = join(parent, randomUUID());
  });

  const holds = (words: RegExp) => (error: unknown) => error instanceof UserError && words.test(error.message);

  test('is created, and unlocked on disposal', async () => {
    const first = await takeDataFolder(path);
    assert.equal(first.wasAbandoned, false);
    await first[Symbol.asyncDispose]();
    const second = await takeDataFolder(path);
    assert.equal(second.wasAbandoned, false);
  });

  test('is locked by one process, which is named to a second one', async () => {
    await using _ = await takeDataFolder(path);
    await assert.rejects(takeDataFolder(path), holds(new RegExp(`already running.*process ${process.pid}`)));
  });

  test('is taken over from a killed owner', async () => {
    const program = `
      import { takeDataFolder } from ${JSON.stringify(import.meta.resolve('./data-folder.ts'))};
      await takeDataFolder(${JSON.stringify(path)});
      console.log('taken');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(owner.stdout, 'data');
    await assert.rejects(takeDataFolder(path), holds(new RegExp(`process ${owner.pid}`)));
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await using folder = await takeDataFolder(path);
    assert.equal(folder.wasAbandoned, true);
  });

  test("is taken over if another process has the dead owner's id", {
    skip: process.platform !== 'linux',
  }, async () => {
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'lock'), `${process.pid} 1`);
    await using folder = await takeDataFolder(path);
    assert.equal(folder.wasAbandoned, true);
  });

  test("reports why it can't be used", async () => {
    await writeFile(path, 'a file');
    await assert.rejects(takeDataFolder(path), holds(/can't use the data folder .*MYTHICAL_DATA_DIR/s));
  });

  test('only loses our files on reset', async () => {
    await using folder = await takeDataFolder(path);
    for (const part of [folder.postgres, folder.lens, folder.logs]) {
      await mkdir(part, { recursive: true });
      await writeFile(join(part, 'data'), '');
    }
    await writeFile(join(path, 'thesis.txt'), '');
    await emptyDataFolder(folder);
    assert.deepEqual((await readdir(path)).sort(), ['lock', 'thesis.txt']);
    await access(join(path, 'lock'));
  });
});
