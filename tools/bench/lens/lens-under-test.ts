import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { startChild } from '../../../source/launcher/child.ts';
import { freePort } from '../../../source/launcher/ports.ts';
import { PAGE_NODE_ARGS } from '../../../source/launcher/sandbox.ts';
import { until } from '../../../source/launcher/until.ts';
import type { QueryResult } from '../../../source/lens/query.ts';
import { peakMegabytes } from '../../../tests/support/child-program.ts';

/** A lens in a separate process, as `npm start` runs it, and its figures. */
export type LensUnderTest = {
  url: string;
  grpcAddress: string;
  query(sql: string): Promise<QueryResult>;
  /** The current values of its metrics without labels. Event loop delays are those since the last call. */
  metrics(): Promise<(name: string) => number>;
  memory(): Promise<Memory>;
  [Symbol.asyncDispose](): Promise<void>;
};

/** In MB: the proportional set size now, and the largest resident set so far. */
export type Memory = { pss: number; peak: number };

export async function startLensUnderTest(dataDir: string): Promise<LensUnderTest> {
  const [page, grpc, http] = await Promise.all([freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${page}`;
  const child = startChild({
    name: 'lens',
    main: path.join(import.meta.dirname, '../../../source/lens/main.ts'),
    nodeArgs: PAGE_NODE_ARGS,
    env: {
      ...process.env,
      LENS_DATA_DIR: dataDir,
      LENS_PORT: String(page),
      LENS_OTLP_GRPC_PORT: String(grpc),
      LENS_OTLP_HTTP_PORT: String(http),
    },
    onLine: (line) => {
      if (!line.startsWith('lens: page')) console.error(line);
    },
  });
  await until(async () => (await fetch(`${url}/readyz`)).ok, { timeoutMs: 20_000 });
  return {
    url,
    grpcAddress: `127.0.0.1:${grpc}`,
    async query(sql) {
      const response = await fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sql }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}\n${sql}`);
      return (await response.json()) as QueryResult;
    },
    async metrics() {
      const text = await (await fetch(`${url}/metrics`)).text();
      return (name) => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
    },
    memory: () => memoryOf(child.pid!),
    [Symbol.asyncDispose]: () => child.stop(),
  };
}

async function memoryOf(pid: number): Promise<Memory> {
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return { pss: Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1]) / 1024, peak: await peakMegabytes(pid) };
}
