import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { createTableSql, TABLE_NAMES, TABLES } from './schema.ts';

/** An open DuckDB with lens's tables in it, which nothing but its own file can be reached through. */
export type Database = {
  connect(): Promise<DuckDBConnection>;
  /** The database file, or undefined when it is in memory. */
  file: string | undefined;
  [Symbol.dispose](): void;
};

export type DatabaseOptions = {
  /** A folder, made when it is not there, or `:memory:`. */
  dataDir: string;
  /** In DuckDB's notation, such as `512MB`. */
  memoryLimit: string;
  announce: (message: string) => void;
};

const FILE_NAME = 'lens.duckdb';

/** DuckDB's lock keeps other processes out, but not a second lens in this one. */
const openFiles = new Set<string>();

/**
 * Opens the database, and makes its tables where they are missing or from another version of lens.
 *
 * What is stored is only an hour of telemetry, so a file that DuckDB can't read is moved aside and replaced.
 *
 * @throws {Error} with a message for the person who started lens, when the folder can't be written or is in use.
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
    // Of the log, before it is merged into the file. DuckDB's default of 16 MB costs three times the CPU at 20,000
    // spans a second, and leaves a larger file; with 64 MB a stop takes half a second longer.
    checkpoint_threshold: '32MB',
    // Reachable for DuckDB's own spilling only. It comes before the switch that forbids files, which forbids setting it.
    ...(file !== undefined && { temp_directory: `${file}.tmp`, max_temp_directory_size: '1GB' }),
    // Whatever a query asks for, it can't reach another file, the network, an extension, or these settings.
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    allow_persistent_secrets: 'false',
    enable_external_access: 'false',
  });
  try {
    const connection = await instance.connect();
    // What now() is as a TIMESTAMP shall not depend on the machine. It's a setting of an extension, which is there only now.
    await connection.run("SET GLOBAL TimeZone = 'UTC'");
    await connection.run('SET GLOBAL lock_configuration = true');
    await makeTables(connection);
    connection.closeSync();
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function makeTables(connection: DuckDBConnection): Promise<void> {
  const reader = await connection.runAndReadAll(
    'SELECT table_name, list(column_name || data_type ORDER BY column_index) FROM duckdb_columns() WHERE NOT internal GROUP BY ALL',
  );
  const existing = new Map(reader.getRowsJS() as [string, string[]][]);
  for (const name of TABLE_NAMES) {
    const wanted = Object.entries(TABLES[name].columns).map(([column, type]) => column + type);
    if (existing.get(name)?.join() === wanted.join()) continue;
    if (existing.has(name)) await connection.run(`DROP TABLE ${name}`);
    await connection.run(createTableSql(name));
  }
}

/** Only the latest broken file is kept, so that they can't fill a disk. */
async function moveAside(file: string): Promise<void> {
  await rm(`${file}.wal`, { force: true });
  await rename(file, `${file}.corrupt`);
}

const inUse = (file: string) =>
  `${file} is in use by another lens; stop it, or choose another folder with LENS_DATA_DIR`;

const firstLine = (error: Error) => error.message.split('\n', 1)[0];
