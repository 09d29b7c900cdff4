import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { createQueries, type QueryOptions } from '../../source/lens/query.ts';
import { createSelfMetrics } from '../../source/lens/self-metrics.ts';
import { type Database, openDatabase } from '../../source/lens/store/database.ts';

/** Opens queries on a database with one log line and a sequence, for the tests of the calling `describe`. */
export function useQueries() {
  const metrics = createSelfMetrics();
  const store = { flush: async () => {} };
  let database: Database;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lens-query-'));
    database = await openDatabase({ dataDir: folder, memoryLimit: '256MB', announce: assert.fail });
    const connection = await database.connect();
    await connection.run("INSERT INTO logs VALUES (now(), 'a', 'info', NULL, NULL, 'body', '{}', 'otlp')");
    await connection.run('CREATE SEQUENCE numbers');
    connection.closeSync();
  });
  after(async () => {
    database[Symbol.dispose]();
    await rm(folder, { recursive: true, force: true });
  });

  return (options: Partial<QueryOptions> = {}) => createQueries({ database, store, metrics, ...options });
}
