import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { withLock } from './lock.ts';

test('work under one lock runs in one process at a time', async (t) => {
  const folder = await temporaryFolder(t);
  const [lock, diary] = [join(folder, 'lock'), join(folder, 'diary')];
  const script = `
    import { appendFileSync } from 'node:fs';
    import { setTimeout as sleep } from 'node:timers/promises';
    import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
    await withLock(${JSON.stringify(lock)}, async () => {
      appendFileSync(${JSON.stringify(diary)}, 'in ');
      await sleep(300);
      appendFileSync(${JSON.stringify(diary)}, 'out ');
    });`;
  const run = async () => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', script], { stdio: 'inherit' });
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  };
  await Promise.all([run(), run(), run()]);
  assert.equal(await readFile(diary, 'utf8'), 'in out in out in out ');
  assert.ok(!existsSync(lock));
});

test('the lock of a process that is gone is taken over', async (t) => {
  const lock = join(await temporaryFolder(t), 'lock');
  // The same id, but another start: ids are used again.
  await writeFile(lock, `${process.pid} 1`);
  assert.equal(await withLock(lock, async () => 'done'), 'done');
});

test('a lock is given back when the work fails', async (t) => {
  const lock = join(await temporaryFolder(t), 'lock');
  await assert.rejects(
    withLock(lock, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.ok(!existsSync(lock));
});

async function temporaryFolder(t: { after: (fn: () => Promise<void>) => void }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mythical-lock-'));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}
