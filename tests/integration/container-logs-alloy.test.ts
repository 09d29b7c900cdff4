import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { decodeLokiProtobuf, type LokiStream } from '../../source/lens/receive/loki-push.ts';
import { startAlloy } from '../support/alloy.ts';
import { startDockerApi } from '../support/docker-api.ts';
import { read } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { serve } from '../support/serve.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// How the real Alloy processes container logs, with the stack's module, and test servers instead of Docker and Loki. For the
// collector, see otel.test.ts.

const alloy = await realProgram('alloy');

test('container logs: labels, IDs, and stdout or stderr', { skip: alloy.skip, timeout: 60_000 }, async () => {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'containers');
  const socket = path.join(folder, 'docker.sock');
  const container = { project: 'mythical', startedAt: '2026-11-20T09:30:07Z' };
  const line = 'level=info msg="GET unicorn" endpoint=unicorn traceID=0af76519 spanID=b7ad6b71';
  resources.use(
    await startDockerApi(socket, [
      {
        ...container,
        id: '0123456789ab',
        service: 'loki',
        lines: [
          { stream: 'stdout', text: 'of a backend' },
          { stream: 'stderr', text: 'an error of a backend' },
        ],
      },
      { ...container, id: 'ba9876543210', service: 'mythical-server', lines: [{ stream: 'stdout', text: line }] },
      { ...container, id: 'abcabcabcabc', service: 'alloy', lines: [{ stream: 'stderr', text: 'its own' }] },
    ]),
  );
  const streams: LokiStream[] = [];
  const loki = resources.use(
    await serve(async (request, response) => {
      streams.push(...decodeLokiProtobuf(Buffer.concat(await Array.fromAsync(request))).streams);
      response.writeHead(204).end();
    }),
  );

  const module = read('alloy/modules/logs.alloy');
  const moved = module.replaceAll('unix:///var/run/docker.sock', `unix://${socket}`);
  assert.notEqual(moved, module);
  await writeFile(path.join(folder, 'logs.alloy'), moved);
  const config = path.join(folder, 'config.alloy');
  await writeFile(
    config,
    `import.file "logs" { filename = "${path.join(folder, 'logs.alloy')}" }
    logs.containers "default" { forward_to = [loki.write.test.receiver] }
    loki.write "test" {
      endpoint { url = "${loki.url}/loki/api/v1/push" }
    }`,
  );
  const running = resources.use(await startAlloy(alloy.path!, { config, folder, page: await freePort() }));

  const entries = () => streams.flatMap(({ labels, entries }) => entries.map((entry) => ({ labels, ...entry })));
  const arrived = (text: string) =>
    until(() => entries().find(({ line }) => line === text), {
      what: () => `${text}: ${running.lines.slice(-10).join('\n')}`,
    });
  const labels = { job: 'loki', service_name: 'loki', source: 'docker' };
  for (const [text, stream] of [
    ['of a backend', 'stdout'],
    ['an error of a backend', 'stderr'],
  ] as const) {
    const entry = await arrived(text);
    assert.deepEqual([entry.labels, entry.metadata], [labels, { stream }]);
  }
  const { metadata, labels: labelsOfServer } = await arrived(line);
  assert.deepEqual(labelsOfServer, {
    job: 'mythical-server',
    service_name: 'mythical-server',
    namespace: 'production',
    source: 'docker',
    level: 'info',
    beast: 'unicorn',
  });
  assert.deepEqual(metadata, { stream: 'stdout', traceID: '0af76519', spanID: 'b7ad6b71' });
  // Alloy sends its own log directly.
  assert.equal(entries().length, 3);
});
