// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the variables are those of Compose and Docker
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { imagesOfCompose, imagesOfDockerfile, substitute, wantedImages } from './wanted-images.ts';

describe('images of a compose file', () => {
  test('are those that services run, each once, also from anchors', () => {
    const text = `
      x-beyla: &beyla { image: 'grafana/beyla:3.33.0', user: root }
      services:
        one: { <<: *beyla, pid: 'service:a' }
        two: { <<: *beyla }
        loki: { image: 'grafana/loki:\${LOKI_VERSION:-3.7.8}' }
        extended: { environment: { A: b } }
        reset: { ports: !reset [] }
        empty:
    `;
    assert.deepEqual(imagesOfCompose(text, {}), { run: ['grafana/beyla:3.33.0', 'grafana/loki:3.7.8'], built: [] });
  });

  test('are not the names that Compose gives to what it builds', () => {
    const text = `
      services:
        server: { image: 'mythical/server', build: { context: ., dockerfile: source/Dockerfile, args: { SERVICE: server } } }
        mimir: { image: 'mythical/mimir', build: { context: mimir, args: ['MIMIR_IMAGE=grafana/mimir:\${V}', PASSED] } }
        short: { build: ./short }
        inline: { build: { dockerfile_inline: "FROM busybox:1" } }
    `;
    assert.deepEqual(imagesOfCompose(text, { V: '3.1.4', PASSED: 'on' }), {
      run: [],
      built: [
        { dockerfile: 'source/Dockerfile', args: { SERVICE: 'server' } },
        { dockerfile: 'mimir/Dockerfile', args: { MIMIR_IMAGE: 'grafana/mimir:3.1.4', PASSED: 'on' } },
        { dockerfile: 'short/Dockerfile', args: {} },
        { inline: 'FROM busybox:1', args: {} },
      ],
    });
  });

  test('are none in a file without services', () => {
    assert.deepEqual(imagesOfCompose('volumes: {}', {}), { run: [], built: [] });
  });
});

describe('images of a Dockerfile', () => {
  test('are what it starts and copies from, but not its own stages', () => {
    const text = `
      FROM --platform=linux/amd64 node:24.21.0-bookworm-slim AS Build
      RUN echo FROM nothing:1
      FROM build AS more
      FROM gcr.io/distroless/cc-debian12:nonroot
      COPY --from=more /a /a
      COPY --chown=1:1 --from=busybox:1.37.0-musl /bin/busybox /bin/wget
      COPY --from=0 /b /b
      FROM scratch
    `;
    assert.deepEqual(imagesOfDockerfile(text), [
      'node:24.21.0-bookworm-slim',
      'gcr.io/distroless/cc-debian12:nonroot',
      'busybox:1.37.0-musl',
    ]);
  });

  test('take their versions from arguments: those of Compose before defaults', () => {
    const text = 'ARG NODE=24.21.0\nARG BASE="debian:12"\nARG ONLY\nFROM node:${NODE}-slim\nFROM $BASE\nFROM ${ONLY}';
    assert.deepEqual(imagesOfDockerfile(text, { BASE: 'debian:13', ONLY: 'a:1' }), [
      'node:24.21.0-slim',
      'debian:13',
      'a:1',
    ]);
  });
});

describe('variables', () => {
  test('have values or defaults', () => {
    const variables = { A: 'a', EMPTY: '' };
    assert.equal(
      substitute('${A} $A ${B:-b} ${B-b} ${EMPTY:-e} ${EMPTY-e} ${B:-${A}} $$A', variables),
      'a a b b e  a $A',
    );
  });

  test('that have neither are an error that names them', () => {
    assert.throws(() => substitute('${B}', {}), /variable B/);
    assert.throws(() => substitute('${B:?tell me}', {}), /variable B/);
  });
});

test('the images of a folder come from all its compose files, their Dockerfiles, and .env', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'mythical-compose-'));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, '.env'), 'LOKI=3.7.8\nTEMPO=1\n');
  await writeFile(join(folder, 'Dockerfile'), 'FROM base:1');
  await writeFile(join(folder, 'docker-compose.yml'), 'services: { a: { image: "loki:${LOKI}" }, b: { build: . } }');
  await writeFile(
    join(folder, 'docker-compose-otel.yml'),
    'services: { c: { image: "tempo:${TEMPO}" }, b: { build: . } }',
  );
  await writeFile(
    join(folder, 'docker-compose-more.yml'),
    'include: [{ path: [docker-compose.yml, overlay.yml] }, included.yml]',
  );
  await writeFile(join(folder, 'overlay.yml'), 'services: { a: !reset null, e: { image: "overlay:1" } }');
  await writeFile(join(folder, 'included.yml'), 'services: { f: { image: "included:1" } }');
  await writeFile(join(folder, 'other.yml'), 'services: { d: { image: no } }');
  assert.deepEqual(await wantedImages(folder, { TEMPO: '3.0.3' }), [
    'tempo:3.0.3',
    'base:1',
    'loki:3.7.8',
    'overlay:1',
    'included:1',
  ]);
});

test('a service that extends another, with other arguments, needs no Dockerfile of its own', () => {
  const text = `
services:
  base: { image: a, build: { context: ., dockerfile: source/Dockerfile } }
  other: { extends: base, image: b, build: { args: { SERVICE: other } } }
`;
  assert.deepEqual(imagesOfCompose(text, {}), {
    run: [],
    built: [{ dockerfile: 'source/Dockerfile', args: {} }],
  });
});

test('an image that one service builds and others run is not asked for', () => {
  const text = `
services:
  first: { image: mine, build: { context: mine } }
  second: { image: mine, pull_policy: never }
  third: { extends: { file: docker-compose.yml, service: other }, image: mine, build: !reset null }
`;
  assert.deepEqual(imagesOfCompose(text, {}), { run: [], built: [{ dockerfile: 'mine/Dockerfile', args: {} }] });
});

test('the images of this repository can be told', async () => {
  const images = await wantedImages(join(import.meta.dirname, '../../..'));
  assert.ok(images.some((image) => image.startsWith('grafana/mimir:')));
  assert.ok(images.length > 10, images.join());
  assert.ok(!images.some((image) => image.startsWith('mythical/')), images.join());
});
