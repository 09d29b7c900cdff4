import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getJson } from '../../grafana/model/http.ts';
import { SAMPLES } from '../../source/cloud-check/samples.ts';
import { sendByHttp } from '../../source/cloud-check/send.ts';
import { IN_MEMORY, startLens } from '../../source/lens/lens.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { startPyroscope } from '../support/pyroscope.ts';
import { realProgram } from '../support/real-program.ts';
import { until } from '../support/until.ts';

// Real receivers store the samples of `npm run cloud:check`.

const [prometheus, pyroscope] = [await realProgram('prometheus'), await realProgram('pyroscope')];

async function send(signal: keyof typeof SAMPLES, url: string): Promise<void> {
  const answer = await sendByHttp(
    { url: new URL(url), headers: { authorization: 'Basic bm86bmVlZA==' } },
    SAMPLES[signal](Date.now()),
  );
  assert.ok(answer.kind === 'http' && answer.code < 300, JSON.stringify(answer));
}

test('lens stores the line and the span', async () => {
  await using lens = await startLens(IN_MEMORY, assert.fail);
  await send('logs', `${lens.url}/loki/api/v1/push`);
  const { status } = await fetch(`http://127.0.0.1:${lens.ports.otlpHttp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: new Uint8Array(SAMPLES.traces(Date.now()).body),
  });
  assert.equal(status, 200);
  await until(async () => {
    const { rows } = await lens.query(`
      select (select count(*) from logs where service = 'cloud-check'),
             (select count(*) from spans where service = 'cloud-check' and name = 'cloud-check')`);
    return rows[0]!.every((count) => Number(count) === 1);
  });
});

test('Prometheus stores the sample', { skip: prometheus.skip }, async () => {
  await using running = await startPrometheus(prometheus.path!, []);
  await send('metrics', running.writeUrl);
  const { data } = await getJson<{ data: { result: { metric: object; value: [number, string] }[] } }>(
    `${running.url}/prometheus/api/v1/query`,
    { query: 'mythical_cloud_check' },
  );
  assert.deepEqual(
    data.result.map(({ metric, value }) => [metric, value[1]]),
    [[{ __name__: 'mythical_cloud_check', job: 'cloud-check', service_name: 'cloud-check' }, '1']],
  );
});

test('Pyroscope stores the profile', { skip: pyroscope.skip }, async () => {
  await using running = await startPyroscope(pyroscope.path!);
  await send('profiles', `http://127.0.0.1:${running.port}`);
  await until(async () => {
    const type = 'process_cpu:cpu:nanoseconds:cpu:nanoseconds';
    const { names } = await running.flameGraph(type, '{service_name="cloud-check"}');
    return names.includes('check');
  });
});
