import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Prometheus = AsyncDisposable & {
  /** The prefix of `/prometheus/api/v1/…`, as in Mimir. */
  url: string;
  /** Receives remote writes. */
  writeUrl: string;
};

/** A real Prometheus that scrapes nothing: its data comes from remote write, or from these rule files. */
export async function startPrometheus(
  program: string,
  ruleFiles: string[],
  address = '127.0.0.1',
): Promise<Prometheus> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'prometheus');
  const configuration = path.join(folder, 'prometheus.json');
  await writeFile(
    configuration,
    JSON.stringify({
      rule_files: ruleFiles,
      storage: { exemplars: { max_exemplars: 100_000 }, tsdb: { out_of_order_time_window: '10m' } },
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  resources.use(
    await startChildProgram(
      program,
      [
        `--config.file=${configuration}`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=${address}:${port}`,
        '--web.route-prefix=/prometheus',
        '--web.enable-remote-write-receiver',
        '--enable-feature=exemplar-storage',
      ],
      { ready: `${url}/prometheus/-/ready` },
    ),
  );
  return closing(resources, {
    url,
    writeUrl: `${url}/prometheus/api/v1/write`,
  });
}
