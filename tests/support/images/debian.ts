import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Trouble } from '@mythical/common/lifecycle';
import { cacheFolder } from './cache.ts';
import { importImage } from './docker.ts';

const MIRROR = 'http://deb.debian.org/debian';

export type Debian = { suite: string; packages: string[] };

/** What an image has no use for, as in Debian's own slim images. */
const WITHOUT = [
  'dev/*',
  'usr/share/doc/*',
  'usr/share/man/*',
  'usr/share/locale/*',
  'var/cache/apt/*',
  'var/lib/apt/lists/*',
];

/**
 * Makes an image of Debian's essential packages and those asked for, with all that they depend on. Packages are checked
 * against Debian's signature, and kept for the next time.
 */
export async function makeDebianImage(tag: string, { suite, packages }: Debian, madeOf: string): Promise<void> {
  if (process.getuid?.() !== 0) throw new Trouble('file systems from Debian packages can only be made by root');
  const downloads = join(cacheFolder(), 'debian-packages');
  await mkdir(downloads, { recursive: true });
  const work = await mkdtemp(join(cacheFolder(), `debian-${suite}-`));
  try {
    const root = join(work, 'root');
    await debootstrap(
      ['--variant=minbase', `--cache-dir=${downloads}`, `--include=${packages.join(',')}`, suite, root, MIRROR],
      join(work, 'log'),
    );
    await importImage(tag, root, madeOf, WITHOUT);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function debootstrap(args: string[], log: string): Promise<void> {
  await using file = await open(log, 'w');
  const child = spawn('debootstrap', args, { stdio: ['ignore', file.fd, file.fd] });
  const [code] = await once(child, 'exit').catch(() => {
    throw new Trouble('debootstrap is not on PATH: apt-get install debootstrap');
  });
  if (code === 0) return;
  const lines = (await readFile(log, 'utf8')).trimEnd().split('\n');
  throw new Trouble(`debootstrap ended with ${code}:\n${lines.slice(-10).join('\n')}`);
}
