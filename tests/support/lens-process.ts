import { NODE_VARIABLES } from '@mythical/common/services';
import { postJson } from '../../grafana/model/http.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { PAGE_NODE_ARGS } from '../../source/launcher/sandbox.ts';
import type { QueryResult } from '../../source/lens/query.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { inProject } from './project.ts';

/** A lens in a separate process, as `npm start` runs it, with the same ports and data after each restart. */
export type LensProcess = AsyncDisposable & {
  url: string;
  grpcAddress: string;
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  query(sql: string): Promise<QueryResult>;
  /** The first row of the answer. */
  row(sql: string): Promise<unknown[]>;
  program(): ChildProgram;
};

const MAIN = inProject('source/lens/main.ts');

export async function startLensProcess(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<LensProcess> {
  const [page, grpc, http] = await Promise.all([freePort(), freePort(), freePort()]);
  const url = `http://127.0.0.1:${page}`;
  const start = () =>
    startChildProgram(process.execPath, [...PAGE_NODE_ARGS, MAIN], {
      env: {
        ...env,
        ...NODE_VARIABLES,
        LENS_DATA_DIR: dataDir,
        LENS_PORT: String(page),
        LENS_OTLP_GRPC_PORT: String(grpc),
        LENS_OTLP_HTTP_PORT: String(http),
      },
      ready: `${url}/readyz`,
    });
  let running = await start();
  const query = (sql: string) => postJson<QueryResult>(`${url}/api/query`, { sql });
  return {
    url,
    grpcAddress: `127.0.0.1:${grpc}`,
    async restart(signal) {
      await running.stop(signal);
      running = await start();
    },
    query,
    row: async (sql) => (await query(sql)).rows[0]!,
    program: () => running,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}
