import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { Trouble } from '@mythical/common/lifecycle';

/** On every image that is made here: what it was made of. */
export const STAND_IN_LABEL = 'org.mythical.stand-in';

export type LocalImage = { megabytes: number; standIn: string | undefined };

/** The image that Docker has under this tag, undefined when there is none. */
export async function localImage(tag: string): Promise<LocalImage | undefined> {
  // A list instead of an inspection, which fails in the same way for no image and for no Docker.
  const ids = await docker('image', 'ls', '--quiet', '--filter', `reference=${tag}`);
  if (ids === '') return undefined;
  const image = JSON.parse(await docker('image', 'inspect', '--format', '{{json .}}', tag));
  return { megabytes: Math.round(image.Size / 1e6), standIn: image.Config?.Labels?.[STAND_IN_LABEL] };
}

/** Makes an image of a folder with a Dockerfile, without network. */
export async function buildImage(tag: string, folder: string, madeOf: string): Promise<void> {
  const label = `${STAND_IN_LABEL}=${madeOf}`;
  await docker('build', '--quiet', '--network=none', '--force-rm', '--label', label, '--tag', tag, folder);
}

/** Makes an image of a folder with a whole file system. */
export async function importImage(tag: string, root: string, madeOf: string, without: string[]): Promise<void> {
  const exclude = without.map((path) => `--exclude=./${path}`);
  const tar = spawn('tar', ['--create', '--numeric-owner', '--directory', root, ...exclude, '.'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const label = `LABEL ${STAND_IN_LABEL}=${JSON.stringify(madeOf)}`;
  const options = ['import', '--change', label, '--change', 'CMD ["bash"]', '-', tag];
  const importing = spawn('docker', options, { stdio: [tar.stdout, 'ignore', 'inherit'] });
  const [[tarCode], [dockerCode]] = await Promise.all([once(tar, 'exit'), once(importing, 'exit')]);
  if (tarCode !== 0 || dockerCode !== 0)
    throw new Trouble(`tar ended with ${tarCode}, docker import with ${dockerCode}`);
}

async function docker(...args: string[]): Promise<string> {
  // The same builder everywhere; BuildKit is not part of every Docker.
  const env = { ...process.env, DOCKER_BUILDKIT: '0' };
  try {
    return (await promisify(execFile)('docker', args, { env, maxBuffer: 1e8 })).stdout.trim();
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as NodeJS.ErrnoException & { stdout?: string; stderr?: string };
    if (`${code}` === 'ENOENT') throw new Trouble('docker is not on PATH');
    throw new Trouble(`docker ${args[0]} failed: ${stdout}${stderr}`.trim());
  }
}
