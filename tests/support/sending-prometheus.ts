import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import type { MessageName } from '../../source/lens/receive/remote-write-messages.ts';
import { type ChildProgram, startChildProgram } from './child-program.ts';
import { closing } from './closing.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type SendingPrometheus = AsyncDisposable & {
  program: ChildProgram;
  /** The result of a query as a number, or 0 if it's empty. */
  ask(query: string): Promise<number>;
};

/** A real Prometheus that scrapes a target, and itself with native histograms, and sends everything over remote write. */
export async function startSendingPrometheus(
  program: string,
  { target, url, message }: { target: string; url: string; message: MessageName },
): Promise<SendingPrometheus> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'sending');
  const port = await freePort();
  const file = path.join(folder, 'prometheus.json');
  const write = {
    url,
    protobuf_message: message,
    send_exemplars: true,
    send_native_histograms: true,
    queue_config: { batch_send_deadline: '1s', max_backoff: '1s' },
    metadata_config: { send_interval: '1s' },
  };
  await writeFile(
    file,
    JSON.stringify({
      global: { scrape_interval: '2s', scrape_timeout: '2s' },
      scrape_configs: [
        { job_name: 'load', static_configs: [{ targets: [target] }] },
        {
          job_name: 'prometheus',
          static_configs: [{ targets: [`127.0.0.1:${port}`] }],
          scrape_native_histograms: true,
        },
      ],
      remote_write: [write],
      storage: { exemplars: { max_exemplars: 1_000_000 } },
    }),
  );
  const child = resources.use(
    await startChildProgram(
      program,
      [
        `--config.file=${file}`,
        `--storage.tsdb.path=${folder}/data`,
        `--web.listen-address=127.0.0.1:${port}`,
        // Prometheus 3.13 doesn't send metadata in 2.0, except from these labels.
        `--enable-feature=exemplar-storage${message === 'prometheus.WriteRequest' ? '' : ',type-and-unit-labels'}`,
      ],
      { ready: `http://127.0.0.1:${port}/-/ready` },
    ),
  );
  return closing(resources, {
    program: child,
    async ask(query) {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?${new URLSearchParams({ query })}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return Number(data.result[0]?.value[1] ?? 0);
    },
  });
}
