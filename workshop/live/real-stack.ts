import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../source/launcher/ports.ts';
import { startAlloy } from '../../tests/support/alloy.ts';
import { closing } from '../../tests/support/closing.ts';
import { startDockerApi } from '../../tests/support/docker-api.ts';
import { realProgram } from '../../tests/support/real-program.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { Outage } from './outage.ts';
import { startRealBackends } from './real-backends.ts';
import type { Stack } from './stack.ts';

// For tests: the real Alloy and the real backends, each with its configuration from the sandbox, on free ports.

export type RealStack = {
  stack: Stack;
  /** The file that Alloy reads. */
  file: string;
  /** Writes a student's text to it, with the addresses of these programs instead of the sandbox's. Line numbers stay the same. */
  put(text: string): Promise<void>;
  versions: Record<string, string>;
  notRun: string[];
  outage: Outage;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startRealStack(alloy: string, first: string, postgres: string): Promise<RealStack> {
  await using resources = new AsyncDisposableStack();
  const backends = resources.use(await startRealBackends());
  const folder = await temporaryFolder(resources, 'stack');
  const socket = path.join(folder, 'docker.sock');
  resources.use(await startDockerApi(socket, containers()));
  const [page, grpc, otlp, lokiPush, profilesPush, faro] = await Promise.all(Array.from({ length: 6 }, freePort));
  const host = (url: string | undefined) => (url ?? 'http://127.0.0.1:9').replace('http://', '');
  const moves: [from: RegExp, to: string][] = [
    [/mimir:9009/g, host(backends.queries.metrics)],
    [/loki:3100/g, host(backends.queries.logs)],
    [/tempo:4317/g, host(backends.tracesGrpc)],
    [/pyroscope:4040/g, host(backends.queries.profiles)],
    [/127\.0\.0\.1:12345/g, `127.0.0.1:${page}`],
    [/0\.0\.0\.0:4317/g, `127.0.0.1:${grpc}`],
    [/0\.0\.0\.0:4318/g, `127.0.0.1:${otlp}`],
    [/"0\.0\.0\.0"/g, '"127.0.0.1"'],
    [/(listen_port\s*= )3100/g, `$1${lokiPush}`],
    [/(listen_port\s*= )4040/g, `$1${profilesPush}`],
    [/(listen_port\s*= )12350/g, `$1${faro}`],
    [/\/var\/run\/docker\.sock/g, socket],
  ];
  const file = path.join(folder, 'config.alloy');
  const put = (text: string) =>
    writeFile(
      file,
      moves.reduce((text, [from, to]) => text.replace(from, to), text),
    );
  await put(first);
  const env = {
    LOGS_PASSWORD: 'workshop',
    TRACES_AUTHORIZATION: 'Basic d29ya3Nob3A6d29ya3Nob3A=',
    POSTGRES_DATA_SOURCE_NAME: postgres,
  };
  resources.use(await startAlloy(alloy, { config: file, folder, page: page!, env }));
  const at = (port: number | undefined) => `http://127.0.0.1:${port}`;
  return closing(resources, {
    stack: {
      ...{ alloy: at(page), otlp: at(otlp), lokiPush: at(lokiPush), profilesPush: at(profilesPush), faro: at(faro) },
      mimir: backends.queries.metrics ?? at(9),
      loki: backends.queries.logs ?? at(9),
      tempo: backends.queries.traces ?? at(9),
      pyroscope: backends.queries.profiles ?? at(9),
    },
    ...{ file, put, versions: await versionsOf(alloy), notRun: backends.notRun, outage: backends.outage },
  });
}

function containers() {
  const common = { project: 'mythical', startedAt: new Date(Date.now() - 60_000).toISOString() };
  const line = (text: string) => [{ stream: 'stdout' as const, text }];
  return [
    { ...common, id: '0123456789ab', service: 'mythical-queue', lines: line('started') },
    { ...common, id: 'abcabcabcabc', service: 'alloy', lines: line('its own') },
  ];
}

async function versionsOf(alloy: string): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of ['alloy', 'mimir', 'loki', 'tempo', 'pyroscope'] as const) {
    const program = name === 'alloy' ? alloy : (await realProgram(name)).path;
    if (program) versions[name] = await versionOf(program);
  }
  return versions;
}

export async function versionOf(program: string): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(program, ['--version']);
  return /version[ =:]+(v?\d+\.\d+[\w.+-]*)/.exec(stdout + stderr)?.[1] ?? 'unknown';
}

export const RECORDINGS = path.join(import.meta.dirname, 'recordings');

export async function saveRecording(name: string, recording: unknown): Promise<void> {
  await mkdir(RECORDINGS, { recursive: true });
  await writeFile(path.join(RECORDINGS, `${name}.json`), `${JSON.stringify(recording, undefined, 1)}\n`);
}

export const readRecording = async <T>(name: string): Promise<T | undefined> => {
  const text = await readFile(path.join(RECORDINGS, `${name}.json`), 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as T);
};
