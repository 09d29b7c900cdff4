import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { correlationsOf } from '../../grafana/model/correlations/links.ts';
import { spansOf } from '../../grafana/model/correlations/samples.ts';
import { found, until } from '../support/until.ts';
import { type Followed, followAll } from './correlations.ts';
import { ADDRESSES, NAMESPACE, needs, POSTGRES } from './stack/addresses.ts';
import { OWN_PROFILE, only, waitForStack } from './stack/contract.ts';
import * as loki from './stack/loki.ts';
import * as mimir from './stack/mimir.ts';
import * as tempo from './stack/tempo.ts';

waitForStack();

describe('correlations', needs('tempo'), () => {
  for (const [what, selector] of [
    ['the request histogram', 'mythical_request_times_bucket'],
    ['recorded messages', 'mythical_messages_recorded_total'],
    ['span metrics', 'traces_spanmetrics_latency_bucket'],
  ] as const) {
    test(`exemplars of ${what} link to traces`, async (t) => {
      const all = await found('exemplars', async () => {
        const exemplars = await mimir.exemplars(selector);
        return exemplars;
      });
      const ids = [...new Set(all.map(({ labels }) => labels.traceID ?? labels.trace_id))]
        .filter(Boolean)
        .slice(-40) as string[];
      assert.ok(ids.length > 0);
      // The newest exemplars may arrive before their traces.
      let missing = ids;
      const none = async () => {
        const traces = await tempo.traces(missing);
        missing = missing.filter((_, index) => traces[index]!.length === 0);
        return missing.length === 0;
      };
      await until(none, { timeoutMs: 15_000, intervalMs: 1_000, what: () => `the traces ${missing.join(', ')}` });
      t.diagnostic(`${ids.length} of ${ids.length} exemplars link to a trace`);
    });
  }

  test('the lines of a trace are found by its ID, and each line links to its trace', async (t) => {
    const lines = await loki.lines(`{service_name=~"mythical-.*", namespace="${NAMESPACE}"} | traceID != ""`, {
      limit: 200,
    });
    const ids = [...new Set(lines.map(({ labels }) => labels.traceID as string))].slice(0, 40);
    assert.ok(ids.length >= 20);
    let back = 0;
    for (const id of ids) {
      await found(`trace ${id}`, async () => (await tempo.trace(id)).length);
      back += (await loki.lines(`{service_name=~"mythical-.+"} | traceID = "${id}"`)).length;
    }
    t.diagnostic(`${ids.length} of ${ids.length} IDs in lines are traces, which have ${back} lines`);
  });

  test('span logs: a line for each request, with its trace', only('alloy'), async () => {
    const lines = await loki.lines('{job="alloy", source="spans"}', { limit: 50 });
    assert.ok(lines.length > 0);
    for (const { labels, text } of lines.slice(0, 10)) {
      assert.ok(labels.traceID, text);
      assert.ok(labels.service_name?.startsWith('mythical-'), text);
      await found(`trace ${labels.traceID}`, async () => (await tempo.trace(labels.traceID as string)).length);
    }
    // The query of the dashboards in grafana/intro-to-mltp.
    await found('a failed request', async () => (await loki.lines('{job="alloy"} | logfmt | status="Error"')).length);
  });
});

describe('every correlation that Grafana offers', needs('tempo', 'pyroscope'), () => {
  let followed: Followed[];
  before(async () => {
    const lines = await loki.lines(`{service_name=~"mythical-.*", namespace="${NAMESPACE}"} | traceID != ""`);
    const exemplars = await mimir.exemplars('mythical_request_times_bucket');
    const ids = await tempo.search(
      '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-recorder" }',
    );
    // There are always some of this kind in the database; after a few minutes, they are different ones.
    const unicorns = await tempo.search('{ resource.service.name = "mythical-server" && span.beast = "unicorn" }', {
      minutes: 1,
    });
    const traces = await Promise.all([...ids.slice(0, 20), ...unicorns.slice(0, 20)].map(tempo.rawTrace));
    const id = lines[0]?.labels.traceID as string;
    const seen = {
      spans: traces.flatMap((trace) => (trace ? spansOf(trace) : [])),
      lines: [...lines, { labels: { service_name: 'other' }, text: `{"traceId":"${id}"}` }],
      // As in the span metrics that Alloy can generate.
      exemplars: [...exemplars, { labels: { trace_id: id } }],
    };
    // Profiles arrive every 15 seconds.
    await until(
      async () => {
        followed = await followAll({ ...ADDRESSES, postgres: POSTGRES }, seen);
        return followed.every((one) => one.name === OWN_PROFILE || leadsSomewhere(one));
      },
      { timeoutMs: 45_000, intervalMs: 5_000 },
    ).catch(() => {});
  });

  /** A beast may be deleted before the link is followed. */
  const leadsSomewhere = ({ name, followed: links }: Followed) =>
    name.startsWith('tempo: Beasts') ? links.some(({ found }) => found > 0) : links.every(({ found }) => found > 0);

  for (const { name } of correlationsOf(readDataSources())) {
    // A span of a few milliseconds is in a profile only by chance: stack-span-profile.e2e.ts waits for one.
    if (name === OWN_PROFILE) continue;
    test(name, (t) => {
      const correlation = followed.find((one) => one.name === name) as Followed;
      const { offered, followed: links } = correlation;
      t.diagnostic(`offered ${offered} times; found ${links.map(({ found, what }) => `${found} ${what}`).join(', ')}`);
      assert.ok(offered > 0);
      assert.ok(leadsSomewhere(correlation), JSON.stringify(links.filter(({ found }) => found === 0)));
    });
  }
});
