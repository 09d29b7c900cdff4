import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { parseEnv } from 'node:util';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from './child-program.ts';
import { read } from './project.ts';

/** The object storage of docker-compose-scale.yml: a bucket for each backend. */
export type ObjectStorage = {
  /** The environment that makes a backend use it: scale/scale.env with this address and these keys. */
  env: Record<string, string>;
  /** The objects in a bucket: their names are paths. */
  objects(bucket: string): Promise<string[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

const BUCKETS = ['mimir', 'loki', 'tempo', 'pyroscope'];
const [ACCESS_KEY, SECRET_KEY] = ['test', 'test-secret'];

/** A real versitygw that keeps its objects in this folder. */
export async function startObjectStorage(program: string, folder: string): Promise<ObjectStorage> {
  for (const bucket of BUCKETS) await mkdir(path.join(folder, bucket), { recursive: true });
  const address = `127.0.0.1:${await freePort()}`;
  const gateway = await startChildProgram(
    program,
    ['--port', address, '--health', '/health', '--quiet', 'posix', folder],
    {
      env: { ROOT_ACCESS_KEY_ID: ACCESS_KEY, ROOT_SECRET_ACCESS_KEY: SECRET_KEY, HOME: folder },
      ready: `http://${address}/health`,
    },
  );
  const scale = parseEnv(read('scale/scale.env')) as Record<string, string>;
  return {
    env: { ...scale, S3_ENDPOINT: address, S3_ACCESS_KEY: ACCESS_KEY, S3_SECRET_KEY: SECRET_KEY },
    async objects(bucket) {
      const entries = await readdir(path.join(folder, bucket), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => path.join(parentPath, name));
    },
    [Symbol.asyncDispose]: () => gateway.stop(),
  };
}
