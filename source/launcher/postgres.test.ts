import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import pg from 'pg';
import { freePort } from './ports.ts';
import { type Postgres, spawnPostgres, startPostgres, startTemporaryPostgres } from './postgres.ts';
import { isAlive } from './process-identity.ts';
import { until } from './until.ts';

async function query<T>({ url }: { url: string }, sql: string): Promise<T[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Reads the postmaster's process id from the first line of postmaster.pid. */
async function serverPid(dataDir: string): Promise<number> {
  return Number.parseInt(await readFile(join(dataDir, 'postmaster.pid'), 'utf8'), 10);
}

describe('a temporary Postgres', () => {
  test('accepts connections on 127.0.0.1 only, with the password only', async (t) => {
    const start = performance.now();
    await using postgres = await startTemporaryPostgres();
    t.diagnostic(`started in ${Math.round(performance.now() - start)} ms`);
    const [row] = await query<Record<string, string>>(
      postgres,
      `select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets,
              current_setting('server_encoding') as encoding, lower('ÄÖ') as lower`,
    );
    assert.deepEqual(row, { addresses: '127.0.0.1', sockets: '', encoding: 'UTF8', lower: 'äö' });

    const stranger = new URL(postgres.url);
    stranger.password = 'guessed';
    await assert.rejects(query({ url: stranger.href }, 'select 1'), /password authentication failed/);
  });

  test('stops despite open connections, and deletes its data', async (t) => {
    const postgres = await startTemporaryPostgres();
    const client = new pg.Client(postgres.url);
    client.on('error', () => {});
    await client.connect();
    const start = performance.now();
    await postgres[Symbol.asyncDispose]();
    t.diagnostic(`stopped in ${Math.round(performance.now() - start)} ms`);
    assert.ok(performance.now() - start < 3_000);
    await assert.rejects(query(postgres, 'select 1'), /ECONNREFUSED/);
  });
});

describe('Postgres on a data directory', () => {
  let folder: string;
  /** Created by the first test and reused by the others, because creating it takes most of a start's time. */
  let dataDir: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mythical-postgres-test-'));
    dataDir = join(folder, 'data');
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('keeps its data across restarts', async () => {
    const first = await startPostgres({ dataDir, port: await freePort() });
    await query(first, 'create table beasts (name text)');
    await first[Symbol.asyncDispose]();
    await using second = await startPostgres({ dataDir, port: await freePort() });
    assert.deepEqual(await query(second, 'select * from beasts'), []);
    assert.equal((await stat(dataDir)).mode & 0o077, 0, 'only readable by the owner');
  });

  test('forwards its log', async () => {
    const lines: string[] = [];
    await using _ = await startPostgres({
      dataDir,
      port: await freePort(),
      log: (line) => lines.push(line),
    });
    assert.ok(lines.some((line) => line.includes('ready to accept connections')));
  });

  test('stops when its parent is killed', async () => {
    const options = JSON.stringify({ dataDir, port: await freePort() });
    const program = `
      import { startPostgres } from ${JSON.stringify(import.meta.resolve('./postgres.ts'))};
      await startPostgres(${options});
      console.log('ready');`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(parent.stdout, 'data');
    const pid = await serverPid(dataDir);
    parent.kill('SIGKILL');
    await until(() => !isAlive(pid), { timeoutMs: 5_000, what: () => 'Postgres to stop' });
  });

  test('ends its parent process, with the reason, when it is killed', {
    skip: process.platform === 'win32',
  }, async () => {
    const { child, ready } = spawnPostgres({ dataDir, port: await freePort() });
    await ready;
    process.kill(await serverPid(dataDir), 'SIGKILL');
    assert.deepEqual(await child.exited, { code: 1, signal: null });
    assert.ok(child.lastLines().some((line) => line.includes('Postgres ended with SIGKILL')));
  });

  test('stops a server that is still running on the directory', { skip: process.platform !== 'linux' }, async () => {
    const options = { dataDir, port: await freePort() };
    const { child, ready } = spawnPostgres(options);
    await query({ url: await ready }, 'create table leftovers (name text)');
    const pid = await serverPid(dataDir);
    process.kill(child.pid!, 'SIGKILL');
    await child.exited;
    assert.ok(isAlive(pid), 'still running');

    await using second = await startPostgres(options);
    assert.ok(!isAlive(pid));
    assert.deepEqual(await query(second, 'select * from leftovers'), []);
  });

  test("starts if another process has the dead server's id", {
    skip: process.platform !== 'linux',
  }, async () => {
    const options = { dataDir, port: await freePort() };
    await (await startPostgres(options))[Symbol.asyncDispose]();
    await writeFile(join(dataDir, 'postmaster.pid'), `${process.pid}\n/elsewhere\n1\n${options.port}\n\n\n\n`);
    await using second = await startPostgres(options);
    assert.deepEqual(await query(second, 'select 1 as one'), [{ one: 1 }]);
  });

  test('is recreated if its initialization was interrupted', async () => {
    const dataDir = join(folder, 'interrupted');
    await mkdir(`${dataDir}.unfinished/base`, { recursive: true });
    await using postgres = await startPostgres({ dataDir, port: await freePort() });
    assert.deepEqual(await query(postgres, 'select 1 as one'), [{ one: 1 }]);
    await assert.rejects(access(`${dataDir}.unfinished`));
  });

  const refused = (dataDir: string, port: number) =>
    startPostgres({ dataDir, port }).then(
      async (postgres: Postgres) => {
        await postgres[Symbol.asyncDispose]();
        assert.fail('it started');
      },
      (error: Error) => error.message,
    );

  test('rejects data of another major version', async () => {
    await writeFile(join(dataDir, 'PG_VERSION'), '17\n');
    try {
      assert.match(await refused(dataDir, await freePort()), /is from Postgres 17, but this is Postgres 18/);
    } finally {
      await writeFile(join(dataDir, 'PG_VERSION'), '18\n');
    }
  });

  for (const [file, content] of [
    ['PG_VERSION', ''],
    ['PG_VERSION', '\n'],
    ['PG_VERSION', '<html>'],
    ['mythical.password', ''],
  ] as const) {
    test(`rejects damaged data: ${file} with ${JSON.stringify(content)}`, async () => {
      const dataDir = join(folder, 'damaged');
      await rm(dataDir, { recursive: true, force: true });
      await mkdir(dataDir);
      await writeFile(join(dataDir, 'PG_VERSION'), '18\n');
      await writeFile(join(dataDir, 'mythical.password'), 'secret\n');
      await writeFile(join(dataDir, file), content);
      assert.match(
        await refused(dataDir, await freePort()),
        new RegExp(`the Postgres data in ${dataDir} is damaged: .*${file}.*\\. Delete it first`),
      );
    });
  }

  test('rejects a directory with other content, and leaves it unchanged', async () => {
    const dataDir = join(folder, 'letters');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'letter.txt'), 'Dear Amalthea');
    assert.match(await refused(dataDir, await freePort()), /isn't a Postgres data directory of Mythical/);
    assert.equal(await readFile(join(dataDir, 'letter.txt'), 'utf8'), 'Dear Amalthea');
  });

  test("reports why it couldn't start", async () => {
    const holder = createServer();
    const port = await freePort();
    await once(holder.listen(port, '127.0.0.1'), 'listening');
    try {
      assert.match(await refused(join(folder, 'port'), port), /Address already in use/);
    } finally {
      holder.close();
    }
  });
});
