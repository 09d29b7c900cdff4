import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, open, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '@mythical/common/lifecycle';
import { killGroup } from './child.ts';
import { type Account, accountForPostgres, type Binaries, findBinaries } from './postgres-binaries.ts';
import { stopLeftover } from './postgres-leftover.ts';

export type ServerOptions = {
  dataDir: string;
  port: number;
  /** false is for tests: no fsync, and enough connections for many at once. */
  durable: boolean;
  log: (line: string) => void;
  /** Called with the server's URL when its data directory is complete, before it accepts connections. */
  onStarting?: (url: string) => void;
};

export type Server = {
  url: string;
  /** Rejects if Postgres ends unexpectedly. */
  failed: Promise<never>;
};

const USER = 'mythical';
/** Exists in every cluster. */
const DATABASE = 'postgres';
/** Stored in the data directory, so that both stay together. */
const PASSWORD_FILE = 'mythical.password';
const READY = 'database system is ready to accept connections';

/**
 * Runs a Postgres server on 127.0.0.1, creating its data directory if needed, and resolves when it accepts connections.
 * `resources` stops it.
 */
export async function runServer(options: ServerOptions, resources: AsyncDisposableStack): Promise<Server> {
  const { dataDir, log } = options;
  const account = await accountForPostgres(dataDir);
  const binaries = await findBinaries(account, resources);
  if (await isInitialised(dataDir, binaries)) await stopLeftover(dataDir, log);
  else await initialise(dataDir, binaries, account, resources);
  const password = await readDataFile(dataDir, PASSWORD_FILE, /^\S+$/);
  const url = `postgres://${USER}:${password}@127.0.0.1:${options.port}/${DATABASE}`;
  options.onStarting?.(url);
  const { failed } = await serve(options, binaries, account, resources);
  return { url, failed };
}

/**
 * @throws {UserError} if the directory has other content, or data of another major version, which Postgres can't read
 */
async function isInitialised(dataDir: string, { majorVersion }: Binaries): Promise<boolean> {
  const content = await readdir(dataDir).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    const whose = error.code === 'EACCES' ? ': it belongs to another account (created by root?)' : '';
    throw new UserError(`can't read the Postgres data in ${dataDir}${whose}. Delete it, or choose another folder`);
  });
  if (content.length === 0) return false;
  if (!content.includes('PG_VERSION') || !content.includes(PASSWORD_FILE)) {
    throw new UserError(`${dataDir} isn't a Postgres data directory of Mythical. Move it away`);
  }
  const version = await readDataFile(dataDir, 'PG_VERSION', /^\d+$/);
  if (version === majorVersion) return true;
  throw new UserError(
    `the data in ${dataDir} is from Postgres ${version}, but this is Postgres ${majorVersion}. Delete it first`,
  );
}

/** @throws {UserError} if the file has unexpected content: after a power failure it may be empty */
async function readDataFile(dataDir: string, file: string, expected: RegExp): Promise<string> {
  const content = (await readFile(join(dataDir, file), 'utf8')).trim();
  if (expected.test(content)) return content;
  const what = content === '' ? 'is empty' : 'has unexpected content';
  throw new UserError(`the Postgres data in ${dataDir} is damaged: its file ${file} ${what}. Delete it first`);
}

/** Creates the data directory under a temporary name and renames it, so that it is never incomplete. */
async function initialise(dataDir: string, binaries: Binaries, account: Account, resources: AsyncDisposableStack) {
  const unfinished = `${dataDir}.unfinished`;
  const passwordFile = `${dataDir}.password`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(dataDir), { recursive: true });
  await mkdir(unfinished, { mode: 0o700 });
  await writeFile(passwordFile, `${randomBytes(18).toString('base64url')}\n`, { mode: 0o600 });
  await give(unfinished, account);
  await give(passwordFile, account);
  await using paths = await pathsFor(account, unfinished, passwordFile);
  const initdb = spawn(
    binaries.initdb,
    [
      `--pgdata=${paths.names[0]}`,
      `--pwfile=${paths.names[1]}`,
      `--username=${USER}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ],
    {
      ...account,
      cwd: '/',
      env: environment(),
      stdio: ['ignore', 'ignore', 'pipe', ...paths.handles],
      // A process group, because initdb starts Postgres in a shell.
      detached: process.platform !== 'win32',
    },
  );
  const closed = once(initdb, 'close');
  resources.defer(async () => {
    killGroup(initdb);
    await closed.catch(() => {});
  });
  let stderr = '';
  initdb.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await closed;
  if (code !== 0) throw new UserError(`Postgres failed to initialize ${dataDir}: ${stderr.trim()}`);
  await rename(passwordFile, join(unfinished, PASSWORD_FILE));
  if (process.platform === 'win32') await rmdir(dataDir).catch(() => {});
  await rename(unfinished, dataDir);
}

async function serve(options: ServerOptions, binaries: Binaries, account: Account, resources: AsyncDisposableStack) {
  const { dataDir, port, durable, log } = options;
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '32MB',
    max_wal_size: '128MB',
    io_method: 'sync',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 250 }),
  };
  await using paths = await pathsFor(account, dataDir);
  const postgres = spawn(
    binaries.postgres,
    ['-D', paths.names[0]!, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...account, cwd: '/', env: environment(), stdio: ['ignore', 'ignore', 'pipe', ...paths.handles] },
  );
  let stopping = false;
  const ended = once(postgres, 'close');
  resources.defer(async () => {
    stopping = true;
    requestFastShutdown(postgres, binaries, dataDir);
    await ended.catch(() => {});
  });

  const failed = ended.then(([code, signal]) => {
    if (stopping) return new Promise<never>(() => {});
    throw new UserError(
      `Postgres ended ${signal ? `with ${signal}` : `with exit code ${code}`}:\n${output.join('\n')}`,
    );
  });
  const output: string[] = [];
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: postgres.stderr! }).on('line', (line) => {
      output.push(line);
      if (output.length > 10) output.shift();
      log(line);
      if (line.includes(READY)) resolve();
    });
  });
  await Promise.race([ready, failed]);
  // Wrapped in an object: an async function that returned the promise would wait for it.
  return { failed };
}

/** Fast shutdown disconnects clients and rolls back open transactions. */
function requestFastShutdown(postgres: ChildProcess, { pgCtl }: Binaries, dataDir: string): void {
  if (postgres.exitCode !== null || postgres.signalCode !== null) return;
  if (process.platform === 'win32') spawn(pgCtl, ['stop', '--mode=fast', '-D', dataDir], { stdio: 'ignore' });
  else postgres.kill('SIGINT');
}

/** Messages in English, because READY is parsed; without PG* variables, which are for the user's own servers. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'));
  return { ...Object.fromEntries(own), LC_ALL: 'C' };
}

async function give(path: string, { uid, gid }: Account): Promise<void> {
  if (uid !== undefined && gid !== undefined) await chown(path, uid, gid);
}

/**
 * Paths of files that Postgres can reach when root runs it as another account without access to the parent folders (a
 * checkout below /root): root opens each file and passes it as file descriptor 3, 4, …
 */
async function pathsFor({ uid }: Account, ...files: string[]) {
  const opened = new AsyncDisposableStack();
  if (uid === undefined || process.platform !== 'linux') {
    return { names: files, handles: [], [Symbol.asyncDispose]: () => opened.disposeAsync() };
  }
  const handles: number[] = [];
  for (const file of files) handles.push(opened.use(await open(file, 'r')).fd);
  const names = files.map((_, index) => `/proc/self/fd/${3 + index}`);
  return { names, handles, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}
