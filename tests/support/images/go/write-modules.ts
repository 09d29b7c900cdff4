/**
 * Writes go/<name>/go.mod and go.sum for the programs of go-programs.ts: all of them, or those named.
 *
 * Usage: node tests/support/images/go/write-modules.ts [name…]. It builds each program, because that is how the go command finds
 * out which modules are needed.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { goBuild, moduleFolder } from '../go-build.ts';
import { type GoCopy, type GoModule, type GoProgram, goPrograms } from '../go-programs.ts';

type Replace = { Old: { Path: string; Version?: string }; New: { Path: string; Version?: string } };

const wanted = process.argv.slice(2);
for (const [name, program] of Object.entries(goPrograms)) {
  if (wanted.length === 0 || wanted.includes(name)) await writeModule(name, program);
}

async function writeModule(name: string, program: GoProgram): Promise<void> {
  const folder = moduleFolder(name);
  await mkdir(folder, { recursive: true });
  if ('builder' in program.source) await startFromParts(name, folder);
  else await startFromModule(name, program.source, folder);
  const work = await mkdtemp(join(tmpdir(), 'mythical-go-module-'));
  try {
    await goBuild(name, program, { output: '/dev/null', work, log: join(tmpdir(), `${name}.log`), module: 'mod' });
    if ('builder' in program.source) {
      for (const file of ['go.mod', 'go.sum']) await copyFile(join(work, file), join(folder, file));
    }
  } finally {
    await rm(work, { recursive: true });
  }
  console.log(`${name} ${program.version}`);
}

/** A module that knows no more than the program and what the program's own go.mod replaces. */
async function startFromModule(name: string, source: GoModule, folder: string): Promise<void> {
  if (source.copy) return startFromCopy(name, source, source.copy, folder);
  const download = await goJson('mod', 'download', '-json', `${source.module}@${source.moduleVersion}`);
  const its = await goJson('mod', 'edit', '-json', download.GoMod);
  // Folders of the program's own repository are not part of its module.
  const replaces = ((its.Replace ?? []) as Replace[]).filter((replace) => !replace.New.Path.startsWith('.'));
  const side = ({ Path, Version }: Replace['Old']) => (Version ? `${Path} ${Version}` : Path);
  const lines = [
    `module mythical/tests/images/${name}`,
    `go ${its.Go}`,
    `tool ${source.package}`,
    `require ${source.module} ${source.moduleVersion}`,
    ...replaces.map((replace) => `replace ${side(replace.Old)} => ${side(replace.New)}`),
  ];
  await writeFile(join(folder, 'go.mod'), lines.join('\n'));
  // The checksums that the program's authors recorded. A public checksum database need not know all their modules.
  await copyFile(join(download.Dir, 'go.sum'), join(folder, 'go.sum'));
}

/** Go refuses to download a module under another path than its own, but takes it as a replacement. */
async function startFromCopy(name: string, source: GoModule, copy: GoCopy, folder: string): Promise<void> {
  const lines = [
    `module mythical/tests/images/${name}`,
    'go 1.25.0',
    `tool ${source.package}`,
    `require ${source.module} ${source.moduleVersion}`,
    `replace ${source.module} => ${copy.path} ${copy.version}`,
  ];
  const sums = [`${copy.path} ${copy.version} ${copy.sum}`, `${copy.path} ${copy.version}/go.mod ${copy.goModSum}`];
  await writeFile(join(folder, 'go.mod'), lines.join('\n'));
  await writeFile(join(folder, 'go.sum'), `${sums.join('\n')}\n`);
}

async function startFromParts(name: string, folder: string): Promise<void> {
  const { dist, telemetry, ...parts } = parse(await readFile(join(folder, 'builder.yaml'), 'utf8'));
  const modules = [telemetry, ...Object.values(parts).flat()].map((part) => (part as { gomod: string }).gomod);
  const lines = [
    `module mythical/tests/images/${name}`,
    'go 1.25.0',
    `require go.opentelemetry.io/collector/otelcol v${dist.version}`,
    ...modules.map((module) => `require ${module}`),
  ];
  await writeFile(join(folder, 'go.mod'), lines.join('\n'));
  await writeFile(join(folder, 'go.sum'), '');
}

async function goJson(...args: string[]) {
  return JSON.parse((await promisify(execFile)('go', args, { maxBuffer: 1e8 })).stdout);
}
