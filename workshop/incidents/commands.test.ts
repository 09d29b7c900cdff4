import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { INCIDENT_FAULTS } from '@mythical/common/scenarios';
import { type Served, serve } from '../../tests/support/serve.ts';
import { answerCommand, type Context, revealCommand, startCommand, stopCommand } from './commands.ts';
import { draw } from './draw.ts';
import { loadIncident, saveIncident } from './record.ts';

// The commands, with fake services that only record requests.

let folder: string;
let said: string[];
let told: { method: string; body: string }[];
let status: number;
let context: Context;

let server: Served;
const onRequest: RequestListener = async (request, response) => {
  const chunks = await request.toArray();
  const body = Buffer.concat(chunks).toString();
  if (request.url === '/debug/conditions') told.push({ method: request.method!, body });
  else return response.writeHead(404).end();
  if (request.method === 'DELETE' || status !== 200) return response.writeHead(status === 200 ? 204 : status).end();
  const { after, seconds } = JSON.parse(body) as Record<string, number>;
  const from = Date.now() + after! * 1000;
  const times = { from: new Date(from), until: new Date(from + seconds! * 1000) };
  response.setHeader('content-type', 'application/json').end(JSON.stringify(times));
};
before(async () => {
  server = await serve(onRequest);
});
after(() => server[Symbol.asyncDispose]());

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'workshop-incident-'));
  const { url } = server;
  [said, told, status] = [[], [], 200];
  context = {
    file: path.join(folder, 'incident.json'),
    terminal: { say: (text = '') => void said.push(text), style: (_, text) => text, ask: async () => undefined },
    services: { server: url, recorder: url, requester: url },
    addresses: { page: url, tempo: 'http://127.0.0.1:1', loki: 'http://127.0.0.1:1' },
  };
});
afterEach(() => rm(folder, { recursive: true }));

const seedOf = (count: number) =>
  Array.from({ length: 100 }, (_, seed) => seed).find((seed) => draw(seed).length === count)!;
const text = () => said.join('\n');

test('neither the output of start nor its record gives the fault away', async () => {
  for (const seed of [1, 2, 3, 7]) {
    await rm(context.file, { force: true });
    assert.equal(await startCommand(context, seed, 20), 0);
    const shown = text() + (await readFile(context.file, 'utf8'));
    for (const name of Object.values(INCIDENT_FAULTS).flat()) assert.ok(!shown.includes(name), name);
    assert.doesNotMatch(shown, /mythical-|server|recorder|requester/);
  }
  const [first] = draw(1);
  const { name, after, variant, seconds } = JSON.parse(told[0]!.body) as Record<string, unknown>;
  assert.deepEqual(
    { cause: name, after, variant },
    { cause: first!.cause, after: first!.after, variant: first!.variant },
  );
  assert.equal(seconds, 1200);
});

test('stop finds the services that the incident was started in, whatever the settings are now', async () => {
  await startCommand(context, 7, 20);
  told = [];
  const gone = 'http://127.0.0.1:1';
  assert.equal(await stopCommand({ ...context, services: { server: gone, recorder: gone, requester: gone } }), 0);
  assert.equal(told.length, 3);
  assert.match(text(), /has ended/);
});

test('stop names the services that do not respond', async () => {
  const gone = 'http://127.0.0.1:1';
  assert.equal(await stopCommand({ ...context, services: { ...context.services, recorder: gone } }), 0);
  assert.match(text(), /Not every service responded:\n +http:\/\/127\.0\.0\.1:1: a fault there ends on schedule/);
});

test('only one incident runs at a time; stop ends it in all services and removes the record', async () => {
  await startCommand(context, 7, 20);
  assert.equal(await startCommand(context, 8, 20), 1);
  assert.match(text(), /already running/);
  told = [];
  assert.equal(await stopCommand(context), 0);
  assert.deepEqual(
    told.map(({ method }) => method),
    ['DELETE', 'DELETE', 'DELETE'],
  );
  assert.deepEqual(await readdir(folder), []);
  assert.equal(await startCommand(context, 8, 20), 0);
});

test('no incident starts if the sandbox is down or refuses it', async () => {
  status = 404;
  assert.equal(await startCommand(context, 7, 20), 2);
  assert.match(text(), /No incident was started.*404[\s\S]*INCIDENTS=false/);
  context.services = { server: 'http://127.0.0.1:1', recorder: 'http://127.0.0.1:1', requester: 'http://127.0.0.1:1' };
  assert.equal(await startCommand(context, 7, 20), 2);
  assert.equal(await loadIncident(context.file), undefined);
  assert.equal(await answerCommand(context, {}), 1);
  assert.match(text(), /There is no incident/);
});

test('each part is graded against the best matching fault; without a backend, the trace can’t be judged', async () => {
  await startCommand(context, seedOf(2), 20);
  const [, second] = (await loadIncident(context.file))!.faults;
  const right = {
    service: second!.service,
    cause: second!.cause,
    start: new Date(second!.from).toISOString(),
    trace: 'a'.repeat(32),
  };
  said = [];
  assert.equal(await answerCommand(context, right), 2);
  assert.match(text(), /✓ service.*\n.*✓ cause.*\n.*✓ start.*\n.*\? trace .*Tempo does not respond/);
  assert.equal(await answerCommand(context, { ...right, start: '1:2:3', trace: 'b' }), 1);
  assert.match(text(), /✗ start[\s\S]*✗ trace.*32 hexadecimal/);
  assert.equal((await loadIncident(context.file))!.answers, 2);
});

test('a fault that is already found is not graded against the other one', async () => {
  await startCommand(context, seedOf(2), 20);
  const incident = (await loadIncident(context.file))!;
  const [first] = incident.faults;
  first!.found = true;
  await saveIncident(context.file, incident);
  said = [];
  const again = { service: first!.service, cause: first!.cause, start: '14:03', trace: 'a'.repeat(32) };
  assert.equal(await answerCommand(context, again), 1);
  assert.match(text(), /You have already found this one\. There is more/);
  assert.doesNotMatch(text(), /✗|✓/);
});

test('unknown or incomplete answers are not graded', async () => {
  await startCommand(context, 7, 20);
  assert.equal(await answerCommand(context, { service: 'postgres' }), 1);
  assert.equal(await answerCommand(context, { service: 'server', cause: 'gremlins' }), 1);
  assert.equal(await answerCommand(context, { service: 'server', cause: 'cpu-burn' }), 1);
  assert.match(text(), /no service postgres[\s\S]*no cause gremlins[\s\S]*--start is missing/);
  assert.equal((await loadIncident(context.file))!.answers, 0);
});

test('reveal shows all faults; stop recovers from an unreadable record', async () => {
  const seed = seedOf(2);
  await startCommand(context, seed, 20);
  said = [];
  assert.equal(await revealCommand(context), 0);
  for (const { cause, service } of draw(seed))
    assert.match(text(), new RegExp(`mythical-${service}: .*\\(${cause}\\)`));
  await writeFile(context.file, '{ broken');
  await assert.rejects(revealCommand(context), /npm run incident stop/);
  assert.equal(await stopCommand(context), 0);
  assert.equal(await startCommand(context, 7, 20), 0);
});
