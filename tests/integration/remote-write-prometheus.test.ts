import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MESSAGE_NAMES } from '../../source/lens/receive/remote-write-messages.ts';
import { COUNTS, ENDED_SERIES, startExemplarTarget } from '../support/exemplar-target.ts';
import { type LensProcess, startLensProcess } from '../support/lens-process.ts';
import { realProgram } from '../support/real-program.ts';
import { type SendingPrometheus, startSendingPrometheus } from '../support/sending-prometheus.ts';
import { useFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';

// A real Prometheus sends samples, exemplars and native histograms to lens, which is killed and restarted in the middle.
// `npm run test:sizes` does so with a million samples.

const SAMPLES = Number(process.env.REMOTE_WRITE_SAMPLES || 25_000);
const SCRAPES = Math.min(50, Math.ceil(SAMPLES / 5_000));
const SERIES = Math.ceil(SAMPLES / SCRAPES);

const patience = { timeoutMs: SCRAPES * 4_000 + 60_000, intervalMs: 1000 };

const prometheus = await realProgram('prometheus');

describe('Prometheus sends to lens', { concurrency: true }, () => {
  for (const message of MESSAGE_NAMES) {
    test(`${message}: no sample is lost or stored twice`, { skip: prometheus.skip }, async (t) => {
      const env = { LENS_MAX_ROWS: String(4 * SAMPLES + 1_000_000), LENS_MAX_DISK_MB: '4000' };
      await using lens = await startLensProcess(useFolder('lens'), env);
      await using target = await startExemplarTarget(SERIES, SCRAPES);
      await using sender = await startSendingPrometheus(prometheus.path!, {
        target: target.address,
        url: `${lens.url}/api/v1/write`,
        message,
      });
      const samples = async () =>
        Number((await lens.row("SELECT count(value) FROM metrics WHERE name = 'load_total'"))[0]);

      await until(async () => target.ended() || (await samples()) > SAMPLES / 4, patience);
      await lens.restart('SIGKILL');
      await until(async () => target.ended() || (await samples()) > SAMPLES / 2, patience);
      await lens.restart('SIGTERM');

      await until(async () => target.ended() && (await lens.row(ENDED_SERIES))[0] === SERIES, patience);
      // Wait until Prometheus has sent its whole TSDB.
      const has = await sender.ask('sum(count_over_time(load_total[1h]))');
      const exemplars = await sender.ask('prometheus_tsdb_exemplar_exemplars_appended_total');
      assert.ok(has > SAMPLES / 2, `only ${has} samples were scraped`);
      await until(async () => Number((await lens.row(COUNTS))[0]) >= has, patience);
      const found = await lens.row(COUNTS);
      t.diagnostic(`${has} samples and ${exemplars} exemplars in Prometheus; in lens: ${found.join(', ')}`);
      assert.deepEqual(found, [has, has, exemplars, exemplars]);
      // In 1.0, the first samples arrive before their type.
      const types = "SELECT list(DISTINCT type) FROM metrics WHERE name = 'load_total' AND type <> 'unknown'";
      assert.deepEqual(await lens.row(types), [['counter']]);
      for (const kind of ['samples', 'exemplars', 'histograms']) {
        for (const fate of ['failed', 'dropped']) {
          const lost = `sum(prometheus_remote_storage_${kind}_${fate}_total)`;
          assert.equal(await sender.ask(lost), 0, lost);
        }
      }
      await checkNativeHistogram(sender, lens);
      t.diagnostic(`lens used ${Math.round(await lens.program().peakMegabytes())} MB at most`);
    });
  }
});

/** The duration of requests to Prometheus's /-/ready, which only happen at the start. */
async function checkNativeHistogram(sender: SendingPrometheus, lens: LensProcess): Promise<void> {
  const name = 'prometheus_http_request_duration_seconds';
  const series = `${name}{handler="/-/ready"}`;
  const last = (suffix: string, labels: string) =>
    lens.row(
      `SELECT arg_max(value, time) FROM metrics WHERE name = '${name}${suffix}' AND (labels->>'handler') = '/-/ready' ${labels}`,
    );
  const count = await sender.ask(`histogram_count(${series})`);
  assert.ok(count > 0);
  assert.deepEqual(await last('_count', ''), [count]);
  assert.deepEqual(await last('_bucket', "AND (labels->>'le') = '+Inf'"), [count]);
  assert.deepEqual(await last('_sum', ''), [await sender.ask(`histogram_sum(${series})`)]);
  const median = await sender.ask(`histogram_quantile(0.5, ${series})`);
  const [below] = await last('_bucket', `AND (labels->>'le')::DOUBLE >= ${median}`);
  assert.ok(Number(below) >= count / 2, `${below} of ${count} at the median`);
}
