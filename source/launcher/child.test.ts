import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { type Child, describeExit, startChild } from './child.ts';
import { isAlive } from './process-identity.ts';
import { until } from './until.ts';

const module = (name: string) => JSON.stringify(import.meta.resolve(name));

const PROGRAMS = {
  'fails.ts': `for (let line = 1; line <= 30; line++) console.log('line ' + line); process.exitCode = 3;`,
  'stops.ts': `
    import { runProcess } from ${module('@mythical/common/lifecycle')};
    await runProcess(async (resources) => {
      resources.defer(() => console.log('stopping in order'));
      console.log('ready');
    });`,
  'refuses.ts': `process.on('SIGTERM', () => console.log('no')); setInterval(() => {}, 1000); console.log('ready');`,
  'parent.ts': `
    import { startChild } from ${module('./child.ts')};
    const child = startChild({
      name: 'child',
      main: process.argv[2],
      onLine: (line) => { if (line === 'ready') console.log(child.pid); },
    });`,
};

describe('a child process', () => {
  const folder = useFolder('child');
  before(async () => {
    for (const [name, text] of Object.entries(PROGRAMS)) await writeFile(join(folder, name), text);
  });

  /** Starts one of the programs, and resolves when it has printed "ready". */
  async function startReady(program: keyof typeof PROGRAMS, stopDeadlineMs?: number): Promise<Child> {
    const ready = Promise.withResolvers<void>();
    const child = startChild({
      name: program,
      main: join(folder, program),
      onLine: (line) => line === 'ready' && ready.resolve(),
      ...(stopDeadlineMs !== undefined && { stopDeadlineMs }),
    });
    await Promise.race([ready.promise, child.exited]);
    return child;
  }

  test('reports its exit code and last lines', async () => {
    const lines: string[] = [];
    const child = startChild({ name: 'fails', main: join(folder, 'fails.ts'), onLine: (line) => lines.push(line) });
    assert.deepEqual(await child.exited, { code: 3, signal: null });
    assert.equal(lines.length, 30);
    assert.deepEqual(child.lastLines(), lines.slice(-20));
  });

  test('stops in order', async () => {
    const child = await startReady('stops.ts');
    await child.stop();
    assert.deepEqual(await child.exited, { code: 0, signal: null });
    assert.deepEqual(child.lastLines(), ['ready', 'stopping in order']);
  });

  test('may be stopped twice, and after its end', async () => {
    const child = await startReady('stops.ts');
    await Promise.all([child.stop(), child.stop()]);
    await child.stop();
  });

  test("is killed if it doesn't stop in time", { skip: process.platform === 'win32' }, async () => {
    const child = await startReady('refuses.ts', 200);
    await child.stop();
    assert.deepEqual(await child.exited, { code: null, signal: 'SIGKILL' });
    assert.deepEqual(child.lastLines(), ['ready', 'no']);
  });

  test('stops when its parent is killed', async () => {
    const parent = spawn(process.execPath, [join(folder, 'parent.ts'), join(folder, 'stops.ts')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [output] = await once(parent.stdout, 'data');
    const pid = Number(output);
    assert.ok(isAlive(pid));
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid), { timeoutMs: 5_000, what: () => 'the orphan to stop' });
  });

  test('describes its end', () => {
    assert.equal(describeExit({ code: 3, signal: null }), 'ended with exit code 3');
    assert.equal(describeExit({ code: null, signal: 'SIGKILL' }), 'was killed by SIGKILL');
    const error = new Error('spawn ENOENT');
    assert.equal(describeExit({ code: null, signal: null, error }), 'could not be started (spawn ENOENT)');
  });
});
