import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { read } from '../../tests/support/project.ts';
import { useFolder } from '../../tests/support/temporary-folder.ts';
import { FIELDS } from './fields.ts';
import { findProblems } from './problems.ts';
import { LOCAL_FILE, readEndpoints, TRACKED_FILE } from './read-endpoints.ts';

const TOKEN = 'glc_eyJvIjoiMTIzIiwibiI6InNlY3JldCJ9';
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** Reads files with this content, keyed by name. */
async function readFiles(files: Record<string, string>, env: Record<string, string> = {}) {
  const folder = useFolder('cloud');
  for (const [name, content] of Object.entries(files)) await writeFile(path.join(folder, name), content);
  const read = await readEndpoints(folder, env);
  assert.ok(!JSON.stringify([read.problems, read.warnings]).includes(TOKEN));
  return read;
}

/** As filled in according to the README of grafana/intro-to-mltp. */
const ORIGINAL = {
  metrics: {
    url: 'https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push',
    basicAuth: { username: '1001', password: TOKEN },
  },
  logs: {
    url: 'https://logs-prod3.grafana.net/loki/api/v1/push',
    basicAuth: { username: '1002', password: TOKEN },
  },
  traces: {
    url: 'https://tempo-us-central1.grafana.net:443',
    // echo '<username>:<token>' | base64
    basicAuthToken: base64(`1003:${TOKEN}\n`),
    tls: { insecure: false, insecureSkipVerify: true },
  },
  profiles: {
    url: 'https://profiles-prod-001.grafana.net',
    basicAuth: { username: '1004', password: TOKEN },
  },
  add_spanmetric_suffixes: true,
  spanmetrics_namespace: 'traces.span.metrics',
};

test('accepts a filled-in file of intro-to-mltp, with a warning', async () => {
  const { endpoints, places, problems, warnings } = await readFiles({ [LOCAL_FILE]: JSON.stringify(ORIGINAL) });
  assert.deepEqual(problems, []);
  assert.deepEqual(findProblems(endpoints, places), []);
  assert.deepEqual(warnings, [
    `alloy/${LOCAL_FILE} has fields that nothing reads: traces.tls, add_spanmetric_suffixes, spanmetrics_namespace`,
  ]);
  assert.equal(endpoints.tracesBase64AuthToken, base64(`1003:${TOKEN}`), 'without the line break of echo');
});

test('removes whitespace from values, and converts numbers to strings', async () => {
  const { endpoints } = await readFiles({
    [LOCAL_FILE]: JSON.stringify({
      logs: { url: ' https://a\n', basicAuth: { username: 1002, password: 'glc_\n  a' } },
    }),
  });
  assert.deepEqual([endpoints.logsUrl, endpoints.logsUsername, endpoints.logsPassword], ['https://a', '1002', 'glc_a']);
});

const BROKEN: [what: string, content: string, problem: RegExp][] = [
  ['a trailing comma', '{\n  "logs": {},\n}', /^is not valid JSON \(line 3 column 1\)$/],
  ['a token without quotation marks', `{ "logs": { "url": ${TOKEN} } }`, /^is not valid JSON$/],
  ['a missing end', '{ "metrics": ', /^is not valid JSON/],
  ['UTF-16', '\uFFFD\uFFFD{\0}\0', /^is not valid JSON/],
];
for (const [what, content, problem] of BROKEN) {
  test(`a file with ${what} is not valid JSON`, async () => {
    const { problems } = await readFiles({ [LOCAL_FILE]: content });
    assert.equal(problems.length, 1);
    assert.equal(problems[0]!.where, `alloy/${LOCAL_FILE}`);
    assert.match(problems[0]!.problem, problem);
  });
}

test('accepts a byte order mark', async () => {
  assert.deepEqual((await readFiles({ [LOCAL_FILE]: '\uFEFF{}' })).problems, []);
});

for (const content of ['{}', '[]', 'null', '{ "logs": null }', '{ "logs": { "url": ["a"] } }']) {
  test(`all fields of ${content} are empty, with their location`, async () => {
    const { endpoints, places } = await readFiles({ [LOCAL_FILE]: content });
    const problems = findProblems(endpoints, places).map(({ where, problem }) => `${where} ${problem}`);
    assert.deepEqual(
      problems,
      FIELDS.map(({ path }) => `${path.join('.')} in alloy/${LOCAL_FILE} is empty`),
    );
  });
}

test('warns about unknown fields, without showing possible tokens', async () => {
  const content = { metricz: {}, metrics: { uri: 'a', [TOKEN]: 'b' } };
  const { warnings } = await readFiles({ [LOCAL_FILE]: JSON.stringify(content) });
  assert.match(warnings.join(), /fields that nothing reads: metricz, metrics\.uri, metrics\.\(a name\)$/);
});

test('reports how to restore a missing file', async () => {
  const { problems } = await readFiles({});
  assert.match(problems[0]!.problem, /^can't be read: ENOENT$/);
  assert.match(problems[0]!.hint, /^git checkout alloy\/endpoints-cloud\.json/);
});

test('variables override the file, and together replace it', async () => {
  const env = Object.fromEntries(FIELDS.map(({ name, variable }) => [variable, `of ${name}`.replace(' ', '-')]));
  const all = await readFiles({ [LOCAL_FILE]: 'not JSON' }, env);
  assert.deepEqual(all.problems, []);
  for (const { name } of FIELDS) assert.equal(all.endpoints[name], `of-${name}`);
  const one = await readFiles({ [LOCAL_FILE]: JSON.stringify(ORIGINAL) }, { GRAFANA_CLOUD_LOGS_URL: 'https://b' });
  assert.equal(one.endpoints.logsUrl, 'https://b');
  assert.equal(one.places.logsUrl, 'the variable GRAFANA_CLOUD_LOGS_URL');
  assert.equal(one.endpoints.metricsUsername, '1001');
});

test('warns about tokens in files that git tracks', async () => {
  const tracked = { [TRACKED_FILE]: JSON.stringify(ORIGINAL) };
  const warnings = (await readFiles(tracked)).warnings.join('\n');
  assert.match(
    warnings,
    /^alloy\/endpoints-cloud\.json is filled in, and git tracks it.*\bmv alloy\/endpoints-cloud\.json/,
  );
  const bracketed = { metrics: { basicAuth: { password: `<${TOKEN}>` } } };
  assert.match((await readFiles({ [TRACKED_FILE]: JSON.stringify(bracketed) })).warnings.join(), /git tracks it/);
  const placeholders = read(`alloy/${TRACKED_FILE}`);
  assert.deepEqual((await readFiles({ [TRACKED_FILE]: placeholders })).warnings, []);
});

test('a variable is named after its placeholder', () => {
  const named = Object.fromEntries(FIELDS.map(({ name, variable }) => [name, variable]));
  assert.equal(named.tracesBase64AuthToken, 'GRAFANA_CLOUD_TRACES_BASE64_AUTH_TOKEN');
  assert.equal(named.profilePassword, 'GRAFANA_CLOUD_PROFILE_PASSWORD');
});
