import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { findBackend } from '../../tools/push/backends.ts';
import type { Item } from '../../tools/push/items.ts';
import { startBackend } from '../support/backends.ts';
import { startObjectStorage } from '../support/object-storage.ts';
import { push } from '../support/push.ts';
import { startPyroscope } from '../support/pyroscope.ts';
import { realProgram } from '../support/real-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// Real Loki, Tempo and Pyroscope with the settings of scale/scale.env, on real object storage: what they stored there can be read
// after a restart.

type Running = { url: string; otlp: string; [Symbol.asyncDispose](): Promise<void> };
type Scaled = {
  name: 'loki' | 'tempo' | 'pyroscope';
  kind: string;
  signal: Item['signal'];
  start(program: string, folder: string, env: Record<string, string>): Promise<Running>;
  /** Stores what is in memory. Without it, the backend does so within a minute. */
  flush?: string;
  /** What is in the bucket before it is stopped, and what else after. */
  objects: { running: RegExp; stopped?: RegExp };
  /** It starts again without its disk, so that everything must come from the object storage. */
  emptyDisk: boolean;
};

const mimirUrl = 'http://127.0.0.1:1';

const SCALED: Scaled[] = [
  {
    name: 'loki',
    kind: 'log',
    signal: 'logs',
    async start(program, folder, env) {
      const loki = await startBackend('loki', program, { folder, env, mimirUrl });
      return { ...loki, otlp: `${loki.url}/otlp` };
    },
    flush: '/flush',
    // The index is stored every 15 minutes, and at the end.
    objects: { running: /loki\/fake\/./, stopped: /loki\/index\/.*tsdb\.gz$/ },
    emptyDisk: true,
  },
  {
    name: 'tempo',
    kind: 'trace',
    signal: 'traces',
    async start(program, folder, env) {
      const tempo = await startBackend('tempo', program, { folder, env, mimirUrl });
      return { ...tempo, otlp: `http://127.0.0.1:${tempo.ports[3]}` };
    },
    objects: { running: /meta\.json$/, stopped: /data\.parquet$/ },
    emptyDisk: true,
  },
  {
    name: 'pyroscope',
    kind: 'profile',
    signal: 'profiles',
    async start(program, folder, env) {
      const pyroscope = await startPyroscope(program, { folder, env });
      const url = `http://127.0.0.1:${pyroscope.port}`;
      return { url, otlp: url, [Symbol.asyncDispose]: () => pyroscope[Symbol.asyncDispose]() };
    },
    objects: { running: /segments\/.*block\.bin$/ },
    // The metastore's list of blocks is always on disk.
    emptyDisk: false,
  },
];

const versitygw = await realProgram('versitygw');

for (const { name, kind, signal, start, flush, objects, emptyDisk } of SCALED) {
  const program = await realProgram(name);
  const skip = program.skip || versitygw.skip;
  const disk = emptyDisk ? 'an empty disk' : 'its disk';
  test(`${name}: a ${kind} is in the object storage, and can be read after a restart with ${disk}`, {
    skip,
  }, async () => {
    await using resources = new AsyncDisposableStack();
    const folder = await temporaryFolder(resources, name);
    const storage = resources.use(await startObjectStorage(versitygw.path!, path.join(folder, 'objects')));
    const stored = async (object: RegExp) => (await storage.objects(name)).some((one) => object.test(one));

    let id: string;
    {
      await using before = await start(program.path!, path.join(folder, 'before'), storage.env);
      const { ok, output } = await push(kind, '--endpoint', before.otlp, '--backend', before.url);
      assert.ok(ok, output);
      id = /^accepted: \w+ (\w+)/.exec(output)![1]!;
      if (flush) await fetch(before.url + flush, { method: 'POST' });
      await until(() => stored(objects.running), { timeoutMs: 100_000, what: () => String(objects.running) });
    }
    if (objects.stopped) assert.ok(await stored(objects.stopped), String(objects.stopped));
    const restarted = path.join(folder, emptyDisk ? 'after' : 'before');
    await using after = await start(program.path!, restarted, storage.env);
    const backend = await findBackend(signal, after.url, '127.0.0.1', {});
    await until(() => backend.has({ kind, signal, id } as Item), { timeoutMs: 30_000, what: () => `${kind} ${id}` });
  });
}
