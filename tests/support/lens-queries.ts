import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { createQueries, type QueryOptions } from '../../source/lens/query.ts';
import { createSelfMetrics } from '../../source/lens/self-metrics.ts';
import { type Database, openDatabase } from '../../source/lens/store/database.ts';
import { useFolder } from './temporary-folder.ts';

/** Opens queries on a database with one log line and a sequence, for the tests of the calling `describe`. */
export function useQueries() {
  const metrics = createSelfMetrics();
  const store = { flush: async () => {} };
  const folder = useFolder('lens-query');
  let database: Database;

  before(async () => {
    database = await openDatabase({ dataDir: folder, memoryLimit: '256MB', announce: assert.fail });
    const connection = await database.connect();
    await connection.run("INSERT INTO logs VALUES (now(), 'a', 'info', NULL, NULL, 'body', '{}', 'otlp')");
    await connection.run('CREATE SEQUENCE numbers');
    connection.closeSync();
  });
  after(() => database[Symbol.dispose]());

  return (options: Partial<QueryOptions> = {}) => createQueries({ database, store, metrics, ...options });
}
