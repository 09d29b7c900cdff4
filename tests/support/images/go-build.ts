import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Trouble } from '@mythical/common/lifecycle';
import type { GoProgram } from './go-programs.ts';

const MODULES = join(import.meta.dirname, 'go');
const LINES_SHOWN_OF_A_LOG = 20;

/** The folder with the go.mod and go.sum of a program. */
export function moduleFolder(name: string): string {
  return join(MODULES, name);
}

/**
 * Compiles a program, statically linked, so that it runs in an image without a C library.
 *
 * `work` is an empty folder for generated sources. `go.mod` and `go.sum` are only read, unless `module` says that the
 * go command may add what it misses.
 *
 * @throws with the end of the log when the go command fails or is not there.
 */
export async function goBuild(
  name: string,
  program: GoProgram,
  to: { output: string; work: string; log: string; module?: 'readonly' | 'mod' },
): Promise<void> {
  const generated = 'builder' in program.source;
  const folder = generated ? to.work : moduleFolder(name);
  if ('builder' in program.source) {
    for (const file of ['builder.yaml', 'go.mod', 'go.sum']) {
      await copyFile(join(moduleFolder(name), file), join(to.work, file));
    }
    // It would run `go mod tidy` and so ask for the modules of all tests of all parts.
    const options = ['--config=builder.yaml', '--skip-get-modules', '--skip-compilation'];
    await runGo(['run', program.source.builder, ...options], to.work, to.log);
  }
  const variables = Object.entries(program.variables).map(([variable, value]) => `-X ${variable}=${value}`);
  await runGo(
    [
      'build',
      `-mod=${to.module ?? 'readonly'}`,
      '-trimpath',
      '-buildvcs=false',
      `-tags=${program.tags.join(',')}`,
      `-ldflags=${['-s', '-w', ...variables].join(' ')}`,
      `-o=${to.output}`,
      'package' in program.source ? program.source.package : '.',
    ],
    folder,
    to.log,
  );
}

async function runGo(args: string[], folder: string, log: string): Promise<void> {
  await using file = await open(log, 'a');
  await file.write(`go ${args.join(' ')}\n`);
  // Nothing of the caller's own Go settings may change what is built.
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off' };
  const go = spawn('go', args, { cwd: folder, env, stdio: ['ignore', file.fd, file.fd] });
  const [code, signal] = await once(go, 'exit').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Trouble('go, the compiler of the Go language, is not on PATH: install it from https://go.dev/dl');
  });
  if (code === 0) return;
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  const end = lines.slice(-LINES_SHOWN_OF_A_LOG).join('\n');
  throw new Trouble(`go ${args[0]} ended with ${code ?? signal}; the end of ${log}:\n${end}`);
}
