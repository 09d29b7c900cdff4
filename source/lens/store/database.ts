import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnsOf, createTableSql, TABLE_NAMES } from './schema.ts';

/** A DuckDB instance with lens's tables, without access to anything else. */
export type Database = {
  connect(): Promise<DuckDBConnection>;
  /** The database file; undefined if in memory. */
  file: string | undefined;
  [Symbol.dispose](): void;
};

type DatabaseOptions = {
  /** A folder, created if missing, or `:memory:`. */
  dataDir: string;
  /** In DuckDB's notation, such as `512MB`. */
  memoryLimit: string;
  announce: (message: string) => void;
};

const FILE_NAME = 'lens.duckdb';

/** DuckDB's lock only keeps other processes out, not another lens in this one. */
const openFiles = new Set<string>();

/**
 * Opens the database, creating tables that are missing or from another version of lens.
 *
 * A file that DuckDB can't read is moved aside and replaced, because it holds only an hour of telemetry.
 *
 * @throws {Error} with a message for the user if the folder isn't writable or is in use
 */
export async function openDatabase({ dataDir, memoryLimit, announce }: DatabaseOptions): Promise<Database> {
  const file = dataDir === ':memory:' ? undefined : join(dataDir, FILE_NAME);
  if (file !== undefined) {
    await mkdir(dataDir, { recursive: true });
    if (openFiles.has(file)) throw new Error(inUse(file));
  }
  const open = () => openInstance(file, memoryLimit);
  const instance = await open().catch(async (error: Error) => {
    if (file === undefined) throw error;
    if (/could not set lock|conflicting lock/i.test(error.message)) throw new Error(inUse(file), { cause: error });
    if (/permission denied|read-only file system|no space left/i.test(error.message)) {
      throw new Error(`lens can't open its database: ${error.message}`, { cause: error });
    }
    await moveAside(file);
    announce(`lens: ${file} could not be read (${firstLine(error)}); moved to ${file}.corrupt, starting an empty one`);
    return open();
  });
  if (file !== undefined) openFiles.add(file);

  return {
    file,
    connect: () => instance.connect(),
    [Symbol.dispose]: () => {
      instance.closeSync();
      if (file !== undefined) openFiles.delete(file);
    },
  };
}

async function openInstance(file: string | undefined, memoryLimit: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(file ?? ':memory:', {
    memory_limit: memoryLimit,
    // WAL size that triggers a checkpoint. DuckDB's default of 16 MB costs three times the CPU at 20,000 spans per
    // second, and leads to a larger file; 64 MB makes the shutdown half a second slower.
    checkpoint_threshold: '32MB',
    // Returns freed memory to the system within seconds. By default, it stays until the same thread frees more.
    allocator_background_threads: 'true',
    // By default, DuckDB writes files that its version 0.10 can read, without the compression that makes grouping by long
    // strings, such as stacks, five times faster.
    storage_compatibility_version: 'latest',
    // For DuckDB's own spilling. Must come before enable_external_access, which forbids setting it.
    ...(file !== undefined && { temp_directory: `${file}.tmp`, max_temp_directory_size: '1GB' }),
    // Queries can't access other files, the network, extensions, or these settings.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    enable_external_access: 'false',
  });
  try {
    const connection = await instance.connect();
    // Makes now() independent of the machine. A setting of an extension that isn't loaded earlier.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run('SET GLOBAL lock_configuration = true');
    await createTables(connection);
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function createTables(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll(
    'SELECT table_name, list(column_name || data_type ORDER BY column_index) FROM duckdb_columns() WHERE NOT internal GROUP BY ALL',
  );
  const existing = new Map(reader.getRowsJS() as [string, string[]][]);
  for (const name of TABLE_NAMES) {
    const wanted = columnsOf(name).map(([column, type]) => column + type);
    if (existing.get(name)?.join() === wanted.join()) continue;
    if (existing.has(name)) await connection.run(`DROP TABLE ${name}`);
    await connection.run(createTableSql(name));
  }
}

/** Keeps only the latest corrupt file, so that they don't fill the disk. */
async function moveAside(file: string): Promise<void> {
  await rm(`${file}.wal`, { force: true });
  await rename(file, `${file}.corrupt`);
}

const inUse = (file: string) => `${file} is in use by another lens; stop it, or set LENS_DATA_DIR to another folder`;

const firstLine = (error: Error) => error.message.split('\n', 1)[0];
