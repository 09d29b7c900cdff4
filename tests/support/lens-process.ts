import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';

/** A lens in a separate process, with the same ports and data after each restart. */
export type LensProcess = {
  url: string;
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The first row of the answer. */
  row(sql: string): Promise<unknown[]>;
  program(): ChildProgram;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startLensProcess(dataDir: string, env: Record<string, string> = {}): Promise<LensProcess> {
  const [page, grpc, http] = await Promise.all([freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${page}`;
  const start = () =>
    startChildProgram(process.execPath, [path.join(import.meta.dirname, '../../source/lens/main.ts')], {
      env: {
        LENS_DATA_DIR: dataDir,
        LENS_PORT: String(page),
        LENS_OTLP_GRPC_PORT: String(grpc),
        LENS_OTLP_HTTP_PORT: String(http),
        ...env,
      },
      ready: `${url}/readyz`,
    });
  let running = await start();
  return {
    url,
    async restart(signal) {
      await running.stop(signal);
      running = await start();
    },
    async row(sql) {
      const response = await fetch(`${url}/api/query`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ sql }),
      });
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return ((await response.json()) as { rows: unknown[][] }).rows[0]!;
    },
    program: () => running,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
