import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startFakeBackend } from '../support/fake-backend.ts';
import { type OutageCollector, startOutageCollector, withSmallQueue } from '../support/outage-collector.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';

// Docker renames a full log file (X-json.log to X-json.log.1), and starts a new one. Whether or not the collector is running
// at that time, it should read every line exactly once.

const collector = await realProgram('collector');

/** A collector, the lines that it should read, and a wait until it has read each of them once. */
async function start(resources: AsyncDisposableStack, edit?: Parameters<typeof startOutageCollector>[2]) {
  const backend = resources.use(await startFakeBackend());
  const running = resources.use(await startOutageCollector(collector.path!, backend, edit));
  const written: string[] = [];
  return {
    backend,
    running,
    /** The default is enough lines for a fingerprint, the first 1000 bytes that identify a file. */
    async write(name: string, container?: string, length = 20) {
      const lines = Array.from({ length }, (_, number) => `${name} ${number}`);
      written.push(...lines);
      await running.write(lines, container);
    },
    async allRead() {
      const missing = () => written.filter((line) => !backend.lines.includes(line));
      await until(() => missing().length === 0, { what: () => `lines: ${missing()}` });
      // Wait for possible duplicates, and until the position has been saved.
      await sleep(1_500);
      assert.deepEqual(backend.lines.toSorted(), written.toSorted());
    },
  };
}

describe('when Docker rotates a log file', { skip: collector.skip, concurrency: true, timeout: 90_000 }, () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    test(`while the collector is down, after ${signal}`, async () => {
      await using resources = new AsyncDisposableStack();
      const { running, write, allRead } = await start(resources);
      await write('read before');
      await allRead();
      await running.stop(signal);
      await write('not read');
      await running.rotate();
      await write('after the rotation');
      await running.start();
      await allRead();
      await write('later');
      await allRead();
    });
  }

  test('while the collector is running, and the new file appears late', async () => {
    await using resources = new AsyncDisposableStack();
    const { running, write, allRead } = await start(resources);
    await write('before');
    await allRead();
    await write('just before');
    await running.rotate();
    await sleep(1_000);
    await write('after');
    await allRead();
    // The previously renamed file is gone.
    await running.rotate();
    await write('after the next');
    await allRead();
  });

  test('twice, while the collector pauses reading because a queue is full', async () => {
    await using resources = new AsyncDisposableStack();
    const { backend, running, write, allRead } = await start(resources, withSmallQueue);
    await write('before');
    await allRead();
    backend.fail(503, 'logs');
    for (const name of ['first', 'second', 'third']) {
      if (name !== 'first') await running.rotate();
      await write(`${name} ${'x'.repeat(180)}`, undefined, 500);
      await sleep(1_000);
    }
    assert.ok(running.program.lines.some((line) => line.includes('sending queue is full')));
    backend.fail(undefined);
    await allRead();
  });

  test('before the first start of the collector, for two containers', async () => {
    await using resources = new AsyncDisposableStack();
    const { running, write, allRead } = await start(resources);
    await running.stop('SIGKILL');
    for (const container of ['0123', '4567']) {
      await write(`old, of ${container}`, container);
      await running.rotate(container);
      await write(`new, of ${container}`, container);
    }
    await running.start();
    await allRead();
    await rotateBoth(running);
    for (const container of ['0123', '4567']) await write(`newest, of ${container}`, container);
    await allRead();
  });
});

async function rotateBoth(running: OutageCollector): Promise<void> {
  await Promise.all(['0123', '4567'].map((container) => running.rotate(container)));
}
