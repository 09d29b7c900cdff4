import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { log, openTestStore, span, temporaryFolder } from '../../../tests/support/lens-store.ts';

for (const zone of ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'UTC']) {
  test(`query results don't depend on the time zone ${zone}`, async (t) => {
    const before = process.env.TZ;
    t.after(() => {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    });
    process.env.TZ = zone;
    await using lens = await openTestStore();
    await lens.add('spans', span());
    const counted = 'SELECT count(*) FROM spans WHERE start_time';
    assert.deepEqual(await lens.rows(`${counted} > now() - INTERVAL 1 MINUTE`), [['1']]);
    assert.deepEqual(await lens.rows(`${counted} BETWEEN now()::TIMESTAMP - INTERVAL 1 MINUTE AND now()`), [['1']]);
    assert.deepEqual(
      await lens.rows("SELECT TIMESTAMPTZ '2026-07-01 12:00:00'::VARCHAR, current_setting('TimeZone')"),
      [['2026-07-01 12:00:00+00', 'UTC']],
    );
    await assert.rejects(lens.rows("SET TimeZone = 'Europe/Berlin'"), /locked/);
  });
}

test('stopping writes pending rows, and the next start finds them', async (t) => {
  const dataDir = join(await temporaryFolder(t), 'made', 'when', 'missing');
  {
    await using lens = await openTestStore({ dataDir });
    lens.store.append('logs', [log('kept')], 1);
  }
  await using lens = await openTestStore({ dataDir });
  assert.deepEqual(await lens.rows('SELECT body FROM logs'), [['kept']]);
  assert.deepEqual(lens.announced, []);
});

test("a file that isn't a database is moved aside, with a message", async (t) => {
  const dataDir = await temporaryFolder(t);
  await writeFile(join(dataDir, 'lens.duckdb'), 'this is not a database'.repeat(1000));
  await using lens = await openTestStore({ dataDir });
  assert.match(lens.announced.join(), /lens\.duckdb could not be read .* moved to .*\.corrupt/);
  assert.ok(existsSync(join(dataDir, 'lens.duckdb.corrupt')));
  await lens.add('logs', log('works'));
  assert.equal((await lens.rows('FROM logs')).length, 1);
});

test("a corrupt WAL loses the data, but doesn't prevent the start", async (t) => {
  const dataDir = await temporaryFolder(t);
  {
    await using lens = await openTestStore({ dataDir });
    lens.store.append('logs', [log('x')], 1);
  }
  await writeFile(join(dataDir, 'lens.duckdb.wal'), Buffer.alloc(5000, 7));
  await using lens = await openTestStore({ dataDir });
  assert.deepEqual(await lens.rows('SELECT count(*) FROM spans'), [['0']]);
});

test('a table from another version of lens is replaced', async (t) => {
  const dataDir = await temporaryFolder(t);
  const instance = await DuckDBInstance.create(join(dataDir, 'lens.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE TABLE logs (something INTEGER)');
  instance.closeSync();
  await using lens = await openTestStore({ dataDir });
  await lens.add('logs', log('x'));
  assert.deepEqual(await lens.rows('SELECT body FROM logs'), [['x']]);
});

test('rejects a folder that another lens uses, in this process or another', async (t) => {
  const dataDir = await temporaryFolder(t);
  {
    await using lens = await openTestStore({ dataDir });
    assert.ok(lens.file);
    await assert.rejects(openTestStore({ dataDir }), /in use by another lens; .* LENS_DATA_DIR/);
  }
  const holder = spawn(process.execPath, [
    '--input-type=module',
    '--eval',
    `import { DuckDBInstance } from '${import.meta.resolve('@duckdb/node-api')}';
     globalThis.held = await DuckDBInstance.create(${JSON.stringify(join(dataDir, 'lens.duckdb'))});
     console.log('held'); setInterval(() => {}, 1000);`,
  ]);
  t.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await assert.rejects(openTestStore({ dataDir }), /in use by another lens; .* LENS_DATA_DIR/);
});
