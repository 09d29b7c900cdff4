import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@mythical/common/config';
import { openQueue } from '@mythical/common/queue/open';
import { PublishError } from '@mythical/common/queue/queue';
import { recorderSettings } from '@mythical/common/settings';
import { Pool } from 'pg';
import { createTestTelemetry } from '../support/telemetry.ts';
import { found, until } from '../support/until.ts';
import { ADDRESSES, AMQP_URL, POSTGRES } from './stack/addresses.ts';
import { container, containers, docker, unwell } from './stack/docker.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as tempo from './stack/tempo.ts';

// npm run test:faults, against a running docker compose up -d: what happens when parts of the stack die. It takes a few minutes,
// and kills only containers of the sandbox.

const MESSAGES_PER_SECOND = 20;

const healthy = () =>
  found('all containers to be healthy', async () => (await unwell()).length === 0, 120_000).catch(async (error) => {
    throw new Error(`${(error as Error).message}: ${(await unwell()).join('; ')}`);
  });

before(() => healthy());

describe('a healthcheck fails when its service no longer answers', async () => {
  for (const { service } of await containers()) {
    test(service, async (t) => {
      const { id } = await container(service);
      const started = Date.now();
      // A frozen process still holds its port, but never responds: the worst case for a healthcheck. Docker runs no healthchecks
      // in a container that it paused itself, so the signal goes to the processes.
      await signalAll(id, 'SIGSTOP');
      try {
        const isUnhealthy = async () => (await container(service)).health === 'unhealthy';
        await found(`${service} to become unhealthy`, isUnhealthy, 90_000);
        t.diagnostic(`unhealthy after ${((Date.now() - started) / 1000).toFixed(0)} s`);
      } finally {
        await signalAll(id, 'SIGCONT');
      }
      await healthy();
    });
  }
});

describe('each container killed, under load', async () => {
  const resources = new AsyncDisposableStack();
  const confirmed: string[] = [];
  let failed = 0;
  const publishing = new AbortController();
  let publisher: Promise<void>;

  before(async () => {
    const queue = resources.use(await openQueue(loadConfig(recorderSettings, { AMQP_URL }), createTestTelemetry()));
    publisher = (async () => {
      while (!publishing.signal.aborted) {
        const id = randomUUID();
        queue.publish({ id, body: { kind: 'owlbear', action: 'GET' } }).then(
          () => confirmed.push(id),
          (error) => {
            assert.ok(error instanceof PublishError, String(error));
            failed++;
          },
        );
        await sleep(1000 / MESSAGES_PER_SECOND);
      }
    })();
  });
  after(() => resources.disposeAsync());

  for (const { service } of await containers()) {
    test(`${service} recovers automatically, and so does everything else`, async (t) => {
      const { pid, restarts } = await container(service);
      const started = Date.now();
      kill(pid);
      await until(async () => (await container(service)).restarts > restarts, { intervalMs: 250 });
      await healthy();
      t.diagnostic(`healthy again after ${((Date.now() - started) / 1000).toFixed(0)} s`);
    });
  }

  test('every message that was confirmed is recorded', { timeout: 120_000 }, async (t) => {
    publishing.abort();
    await publisher;
    const database = new Pool(POSTGRES);
    try {
      const missing = async () => {
        const { rows } = await database.query<{ n: number }>(
          'select count(*)::int as n from unnest($1::text[]) as id where id not in (select message_id from records)',
          [confirmed],
        );
        return rows[0]?.n as number;
      };
      await found('the recorder', async () => (await missing()) === 0, 90_000).catch(() => undefined);
      t.diagnostic(`${confirmed.length} confirmed, ${failed} refused while the broker was away`);
      assert.ok(confirmed.length > 100);
      assert.equal(await missing(), 0);
    } finally {
      await database.end();
    }
  });

  test('all signals flow again', async () => {
    const since = Date.now() / 1000;
    await found('metrics', async () =>
      (await mimir.query('timestamp(mythical_request_times_count)')).some(({ value }) => value > since),
    );
    await found('span metrics', async () =>
      (await mimir.query('timestamp(traces_spanmetrics_calls_total)')).some(({ value }) => value > since),
    );
    await found('logs', async () =>
      (await loki.lines('{service_name="mythical-server", namespace=~".+"}', { limit: 5 })).some(
        ({ timeNs }) => timeNs > BigInt(Math.floor(since)) * 1_000_000_000n,
      ),
    );
    await found(
      'traces',
      async () => (await tempo.search('{ resource.service.name = "mythical-recorder" }', { minutes: 1 })).length,
    );
    assert.equal((await fetch(`${ADDRESSES.server}/readyz`)).status, 200);
  });
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    throw new Error('this test kills processes inside containers: run it as root on the machine where Docker runs', {
      cause: error,
    });
  }
}

/** Sends a signal to every process in the container, including those of a healthcheck that is running. */
async function signalAll(id: string, signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const [, ...rows] = (await docker('top', id, '-eo', 'pid')).trim().split('\n');
  for (const pid of rows.map(Number)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
