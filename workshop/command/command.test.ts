import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { CHILD_ENVIRONMENT } from '../../tests/support/child-environment.ts';
import { serve } from '../../tests/support/serve.ts';
import { until } from '../../tests/support/until.ts';
import { LESSONS } from '../lessons/all.ts';
import { textOf } from '../lessons/files.ts';

// Runs the command as a user does.

const noShell = process.platform === 'win32' && 'needs a shell script named docker';
const MAIN = path.join(import.meta.dirname, 'main.ts');
const lesson2 = LESSONS.find(({ name }) => name === '2')!;

let folder: string;
let file: string;
/** More of the environment: at first, ports where nothing listens. */
let settings: Record<string, string>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'workshop-command-'));
  file = path.join(folder, 'config.alloy');
  const port = String(await freePort());
  settings = { ALLOY_PORT: port, MIMIR_PORT: port, LOKI_PORT: port, ALLOY_LOKI_PORT: port, OTLP_HTTP_PORT: port };
});
afterEach(() => rm(folder, { recursive: true }));

function start(args: string[]) {
  const env = { ...CHILD_ENVIRONMENT, NO_COLOR: '1', WORKSHOP_FOLDER: folder, ...settings };
  const child = spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (said.text += chunk));
  return { child, said };
}

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const { child, said } = start(args);
  const [code] = (await once(child, 'close')) as [number];
  return { code, text: said.text };
}

test('the list has every lesson, and shows how to start', async () => {
  const { code, text } = await run();
  assert.equal(code, 0);
  for (const { title } of LESSONS) assert.ok(text.includes(title), title);
  assert.match(text, /npm run workshop start 0/);
});

test('an option that npm kept is not ignored silently', async () => {
  settings.npm_config_seed = 'true';
  const { code, text } = await run('start', 'exam', '7');
  assert.equal(code, 1);
  assert.match(text, /^Options come after --: npm run workshop start exam -- --seed 7\n/);
});

test('--file is relative to the folder where npm was called', async () => {
  await run('start', '1');
  await writeFile(path.join(folder, 'mine.alloy'), textOf(LESSONS[1]!, 'solution'));
  settings.INIT_CWD = folder;
  assert.match((await run('check', '--offline', '--file', 'mine.alloy')).text, /✓ passed/);
  const { code, text } = await run('check', '--offline', '--file', 'other.alloy');
  assert.equal(code, 2);
  assert.ok(text.includes(`${path.join(folder, 'other.alloy')} does not exist`), text);
});

describe('the student’s work is kept', () => {
  test('when switching to other lessons and back', async () => {
    await run('start', '2');
    assert.equal(await readFile(file, 'utf8'), textOf(lesson2, 'starter'));
    await writeFile(file, '// mine');
    assert.match((await run('start', '2')).text, /your work is kept/);
    assert.equal(await readFile(file, 'utf8'), '// mine');
    await run('start', '3');
    assert.notEqual(await readFile(file, 'utf8'), '// mine');
    assert.match((await run('start', '02')).text, /your earlier work is restored/);
    assert.equal(await readFile(file, 'utf8'), '// mine');
  });

  test('when a starter or a solution replaces it', async () => {
    await run('start', '2');
    await writeFile(file, '// mine');
    const { text } = await run('solve');
    const [kept] = (await readdir(path.join(folder, 'saved'))).filter((name) => name.startsWith('2-'));
    assert.ok(kept && text.includes(kept));
    assert.equal(await readFile(path.join(folder, 'saved', kept), 'utf8'), '// mine');
    assert.equal(await readFile(file, 'utf8'), textOf(lesson2, 'solution'));
    await run('reset');
    assert.equal(await readFile(file, 'utf8'), textOf(lesson2, 'starter'));
  });

  test('even for a file of unknown origin, and with broken progress', async () => {
    await writeFile(file, '// found');
    for (const broken of ['null', '[]', '{}']) {
      await writeFile(path.join(folder, 'progress.json'), broken);
      assert.equal((await run('list')).code, 0);
    }
    await writeFile(path.join(folder, 'progress.json'), '{ broken');
    await run('start', '2');
    const saved = await readdir(path.join(folder, 'saved'));
    assert.equal(await readFile(path.join(folder, 'saved', saved[0]!), 'utf8'), '// found');
    assert.ok((await readdir(folder)).includes('progress.json.broken'));
  });
});

describe('verdicts', () => {
  test('failed: the message, the line, a nudge', async () => {
    await run('start', '2');
    const { code, text } = await run('check');
    assert.equal(code, 1);
    assert.match(text, /✗ failed/);
    assert.match(text, /the label group is missing; it should be "infrastructure"/);
    assert.match(text, /config\.alloy:9\n/);
    assert.match(text, /A target is a map of labels/);
  });

  test('can’t tell if no stack is running: shows the command that starts it, and is not a failure', async () => {
    await run('start', '2');
    await run('solve');
    const { code, text } = await run('check');
    assert.equal(code, 2);
    assert.match(text, /\? can’t tell/);
    assert.match(text, /Start it with: docker compose -f docker-compose-workshop\.yml up -d --remove-orphans/);
    assert.doesNotMatch(text, /failed/);
  });

  test('can’t tell if something else listens on Alloy’s port', async () => {
    await using server = createServer((_, response) => response.writeHead(404, { connection: 'close' }).end());
    server.listen(Number(settings.ALLOY_PORT), '127.0.0.1');
    await once(server, 'listening');
    await run('start', '2');
    await run('solve');
    const { code, text } = await run('check');
    assert.deepEqual([code, /✗/.test(text)], [2, false], text);
  });

  test('can’t tell without a file: shows how to get one', async () => {
    await run('start', '2');
    await rm(file);
    const { code, text } = await run('check');
    assert.equal(code, 2);
    assert.match(text, /npm run workshop start 2/);
  });

  test('passed, judging by the file alone', async () => {
    await run('start', '2');
    await run('solve');
    const { code, text } = await run('check', '--offline');
    assert.equal(code, 0);
    assert.match(text, /✓ passed, judging by the file alone/);
    assert.match(text, /One question: .*datname|One question: In Grafana/);
  });
});

test('hints: a nudge, where to look, the part of the solution', async () => {
  await run('start', '2');
  const texts = [await run('hint'), await run('hint'), await run('hint')].map(({ text }) => text);
  assert.match(texts[0]!, /Hint 1 of 3\n {2}A target is a map/);
  assert.match(texts[1]!, /Hint 2 of 3\n {2}Add "group"/);
  assert.match(texts[2]!, /Hint 3 of 3\nprometheus\.scrape "alloy" \{\n.*"service" = "alloy"/);
});

test('answers are checked, and progress is updated', async () => {
  await run('start', '2');
  assert.equal((await run('answer', 'instance')).code, 1);
  const { code, text } = await run('answer', 'datname');
  assert.equal(code, 0);
  assert.match(text, /✓ Correct\..*\n\n {2}Next: npm run workshop start 3/);
});

test('watch checks each time the file is saved, and Ctrl-C stops it', { timeout: 20_000 }, async () => {
  await run('start', '2');
  const { child, said } = start(['watch']);
  const ended = once(child, 'close');
  await until(() => said.text.includes('the label group is missing'));
  await writeFile(file, 'prometheus.scrape "a" {\n  targets = ["x]\n}\n');
  await until(() => said.text.includes('this string has no closing quote'));
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  assert.match(await readFile(file, 'utf8'), /"x\]/);
});

test('an outage without a running stack: can’t tell, and how to start one', { timeout: 40_000 }, async () => {
  await run('start', '11');
  const { code, text } = await run('outage');
  assert.equal(code, 2, text);
  assert.match(text, /\? can’t tell: http:\/\/127\.0\.0\.1:\d+ does not respond \(ECONNREFUSED\)/);
  assert.doesNotMatch(text, / at .*\.ts:\d+/);
});

describe('Docker Compose', { skip: noShell }, () => {
  /** What the command calls, in place of Docker. */
  let calls: () => Promise<string>;
  beforeEach(async () => {
    const log = path.join(folder, 'docker.log');
    await writeFile(path.join(folder, 'docker'), `#!/bin/sh\necho "$*" >> ${log}\n`, { mode: 0o755 });
    settings.PATH = `${folder}:${process.env.PATH}`;
    calls = () => readFile(log, 'utf8').catch(() => '');
  });

  test('Ctrl-C during an outage starts the backends again', { timeout: 20_000 }, async () => {
    await run('start', '11');
    await using alloy = await serve((_request, response) => void response.end('{}'));
    settings.ALLOY_LOKI_PORT = settings.OTLP_HTTP_PORT = String(alloy.port);
    const { child, said } = start(['outage']);
    const ended = once(child, 'close');
    await until(async () => (await calls()).includes('stop mimir loki tempo'));
    child.kill('SIGINT');
    assert.deepEqual(await ended, [2, null], said.text);
    assert.match(said.text, /Interrupted\. The backends are running again/);
    assert.match(await calls(), /\nco.* up -d .*--wait mimir loki tempo\n$/);
  });

  test('the Collector restarts before each check; can’t tell if none responds', { timeout: 30_000 }, async () => {
    await run('start', '12');
    await run('solve');
    const { code, text } = await run('check');
    assert.equal(code, 2, text);
    assert.match(text, /The Collector does not respond at http:.*\n.*logs --since 1m otel-collector/);
    assert.equal(await calls(), 'compose -f docker-compose-workshop-otel.yml restart otel-collector\n');
  });
});

describe('mistakes on the command line', () => {
  const cases: [args: string[], said: RegExp][] = [
    [['strat', '2'], /Unknown command: strat/],
    [['start', '99'], /There is no lesson 99/],
    [['start'], /Which lesson\?/],
    [['check'], /No lesson has been started/],
    [['check', '--offlien'], /Unknown option '--offlien'/],
    [['start', 'exam', '--seed', 'x'], /--seed needs a whole number, not x/],
  ];
  for (const [args, wanted] of cases) {
    test(args.join(' '), async () => {
      const { code, text } = await run(...args);
      assert.equal(code, 1);
      assert.match(text, wanted);
      assert.doesNotMatch(text, / at .*\.ts:\d+/);
    });
  }
});
