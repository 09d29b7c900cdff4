import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { SIGNALS, type Signal } from '../../source/cloud-check/fields.ts';
import { send } from '../support/api.ts';
import { makeCertificates, missingOpenssl } from '../support/certificates.ts';
import { POSTGRES_PASSWORD, type RunningAlloy, startCloudAlloy } from '../support/cloud-alloy.ts';
import { type FakeCloud, startFakeCloud } from '../support/fake-cloud.ts';
import { type Load, startLoad } from '../support/load.ts';
import { logsOf } from '../support/otlp.ts';
import { realProgram } from '../support/real-program.ts';
import { type ScrapeTarget, startScrapeTarget } from '../support/scrape-target.ts';
import { found, until } from '../support/until.ts';

// npm run test:cloud: the real Alloy with config.alloy, against a server that behaves like Grafana Cloud's endpoints. How much
// is lost in an outage, and what does a wrong token look like? It takes eight minutes; OUTAGE_SECONDS=20 makes it shorter.

const OUTAGE_SECONDS = Number(process.env.OUTAGE_SECONDS ?? 120);
const TOKEN_SECONDS = Math.min(OUTAGE_SECONDS, 120);

const alloyProgram = await realProgram('alloy');
const skip = alloyProgram.skip || (await missingOpenssl());

/** The component that sends each signal. */
const COMPONENTS: Record<Signal, string> = {
  metrics: 'prometheus.remote_write.metrics',
  logs: 'loki.write.logs',
  traces: 'otelcol.exporter.otlp.traces',
  profiles: 'pyroscope.write.profiles',
};

describe('Grafana Cloud, or a server that behaves like it', { skip }, () => {
  const resources = new AsyncDisposableStack();
  let cloud: FakeCloud;
  let authority: string;
  let target: ScrapeTarget;
  let alloy: RunningAlloy;

  before(async () => {
    const certificates = resources.use(await makeCertificates());
    authority = certificates.authority;
    cloud = resources.use(await startFakeCloud(certificates));
    target = resources.use(await startScrapeTarget());
  });
  after(() => resources.disposeAsync());

  test('nothing is sent to an endpoint whose certificate is not trusted', async () => {
    const before = structuredClone(cloud.requests);
    await using untrusting = await startCloudAlloy(
      alloyProgram.path!,
      cloud.endpoints,
      { 'mythical-server:4000': target.address },
      {},
    );
    await using load = startLoad(untrusting.ports);
    await sleep(8_000);
    assert.ok(load.lines.length > 0);
    assert.deepEqual(cloud.requests, before);
  });

  describe('with Alloy', () => {
    let load: Load;
    /** Samples before this one belong to the previous Alloy. */
    let firstScrape: number;
    before(async () => {
      firstScrape = target.scrapes() + 1;
      const env = { SSL_CERT_FILE: authority };
      alloy = resources.use(
        await startCloudAlloy(alloyProgram.path!, cloud.endpoints, { 'mythical-server:4000': target.address }, env),
      );
      load = startLoad(alloy.ports);
    });
    after(() => load?.[Symbol.asyncDispose]());

    /** Data that was accepted before a scrape, and has not arrived. */
    function missing(lastScrape = target.scrapes()) {
      const samples = new Set(cloud.scrapes);
      const lines = new Set(cloud.lines);
      const spans = new Set(cloud.spanIds);
      const profiles = new Set(cloud.profiles.map((query) => query.get('until')));
      const scrapes = Array.from({ length: lastScrape - firstScrape + 1 }, (_, index) => firstScrape + index);
      return {
        scrapes: scrapes.filter((scrape) => !samples.has(scrape)).length,
        lines: load.lines.filter((line) => !lines.has(line)).length,
        spans: load.spanIds.filter((id) => !spans.has(id)).length,
        profiles: load.profiles.filter((until) => !profiles.has(until)).length,
      };
    }

    /** Stops producing data until everything has arrived. */
    async function arrives(): Promise<void> {
      load.pause();
      const lastScrape = target.scrapes();
      let last = missing(lastScrape);
      await until(
        async () => {
          last = missing(lastScrape);
          return load.isSettled() && Object.values(last).every((number) => number === 0);
        },
        { timeoutMs: 120_000, intervalMs: 250, what: () => `the rest; missing: ${JSON.stringify(last)}` },
      );
      load.resume();
    }

    test('all four signals arrive', async () => {
      await sleep(12_000);
      await arrives();
      for (const signal of SIGNALS) assert.ok(cloud.requests[signal].accepted > 1, signal);
      assert.ok(load.lines.length > 0 && load.spanIds.length > 0 && load.profiles.length > 0);
    });

    test('logs over OTLP also arrive', async () => {
      const logs = logsOf('otlp-test', ['by OTLP']);
      const response = await send('POST', `http://127.0.0.1:${alloy.ports.otlpHttp}/v1/logs`, logs);
      assert.equal(response.status, 200);
      await until(() => cloud.lines.includes('by OTLP'));
    });

    test('no page of Alloy shows a token or a password', async () => {
      const api = `http://127.0.0.1:${alloy.ports.page}/api/v0/web`;
      const shown: string[] = [];
      type Component = { moduleID: string; localID: string; createdModuleIDs?: string[] };
      const visit = async (module: string): Promise<void> => {
        const list = await (await fetch(`${api}/${module === '' ? '' : `modules/${module}/`}components`)).text();
        shown.push(list);
        for (const { moduleID, localID, createdModuleIDs = [] } of JSON.parse(list) as Component[]) {
          const response = await fetch(`${api}/components/${moduleID === '' ? '' : `${moduleID}/`}${localID}`);
          assert.equal(response.status, 200, localID);
          shown.push(await response.text());
          for (const id of createdModuleIDs) await visit(id);
        }
      };
      await visit('');
      for (const component of [
        'prometheus.remote_write',
        'prometheus.exporter.postgres',
        'otelcol.auth.basic',
        'otelcol.auth.headers',
        'local.file',
      ])
        assert.ok(
          shown.some((text) => text.includes(`"name":"${component}"`)),
          `it shows ${component}`,
        );
      const { metricsPassword, logsUsername, tracesBase64AuthToken } = cloud.endpoints;
      const ofLogs = Buffer.from(`${logsUsername}:${metricsPassword}`).toString('base64');
      for (const token of [metricsPassword, tracesBase64AuthToken, ofLogs, POSTGRES_PASSWORD])
        for (const text of shown) assert.ok(!text.includes(token), text);
    });

    const outages: [what: string, seconds: number, begin: () => Promise<void>, end: () => Promise<void>][] = [
      ['answering 503', OUTAGE_SECONDS, async () => cloud.fail(503), async () => cloud.fail(undefined)],
      ['not listening', OUTAGE_SECONDS, () => cloud.goAway(), () => cloud.comeBack()],
      [
        'answering 429',
        Math.min(30, OUTAGE_SECONDS),
        // Traces are different: gRPC's RESOURCE_EXHAUSTED is retried only if the server says when.
        async () => cloud.fail(429, 'metrics', 'logs', 'profiles'),
        async () => cloud.fail(undefined),
      ],
    ];
    for (const [what, seconds, begin, end] of outages) {
      test(`${what} for ${seconds} s loses no accepted data`, async (t) => {
        const at = {
          lines: load.lines.length,
          spans: load.spanIds.length,
          scrapes: target.scrapes(),
          profiles: load.profiles.length,
        };
        const refusedBefore = structuredClone(load.refused);
        const linesBefore = alloy.lines.length;
        await begin();
        await sleep(seconds * 1000);
        const atItsEnd = missing();
        await end();
        const backAt = performance.now();
        await arrives();
        t.diagnostic(`waiting at its end: ${JSON.stringify(atItsEnd)}`);
        t.diagnostic(`all arrived ${((performance.now() - backAt) / 1000).toFixed(1)} s after it`);
        t.diagnostic(
          `accepted since its start: ${target.scrapes() - at.scrapes} scrapes, ${load.lines.length - at.lines} lines, ` +
            `${load.spanIds.length - at.spans} spans, ${load.profiles.length - at.profiles} profiles`,
        );
        t.diagnostic(`not accepted: ${JSON.stringify(load.refused)}; before ${JSON.stringify(refusedBefore)}`);
        t.diagnostic(
          `Alloy: ${(await alloy.peakMegabytes()).toFixed(0)} MB (peak), ${alloy.lines.length - linesBefore} log lines`,
        );
        assert.deepEqual(load.refused, refusedBefore, 'no sender had to wait');
      });
    }

    test('a token that is deleted at run time: how often Alloy logs it', async (t) => {
      const from = alloy.lines.length;
      cloud.revoke();
      await sleep(TOKEN_SECONDS * 1000);
      cloud.restore();
      const said = alloy.lines.slice(from);
      for (const signal of SIGNALS) {
        const about = said.filter((line) => line.includes(COMPONENTS[signal]));
        t.diagnostic(`${signal}: ${about.length} lines in ${TOKEN_SECONDS} s, such as ${about[0]?.slice(0, 400)}`);
        assert.ok(
          about.some((line) => /401|Unauthenticated/.test(line)),
          signal,
        );
      }
      t.diagnostic(`${said.length} lines altogether`);
      const before = structuredClone(cloud.requests);
      const arriveAgain = () => SIGNALS.every((signal) => cloud.requests[signal].accepted > before[signal].accepted);
      await found('all signals to arrive again', arriveAgain, 30_000);
    });
  });
});
