import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { correlationsOf } from '../../grafana/model/correlations/links.ts';
import { type Span, spansOf } from '../../grafana/model/correlations/samples.ts';
import { flameGraphOf } from '../../grafana/model/dashboards/ask-pyroscope.ts';
import { shareOf } from '../../grafana/model/flame-graph.ts';
import { postJson } from '../../grafana/model/http.ts';
import { BURNING_NAME } from '../support/span-profiles.ts';
import { traceparent } from '../support/traceparent.ts';
import { found } from '../support/until.ts';
import { ADDRESSES, needs } from './stack/addresses.ts';
import { OWN_PROFILE, waitForStack } from './stack/contract.ts';
import * as tempo from './stack/tempo.ts';

waitForStack();

describe(OWN_PROFILE, needs('tempo', 'pyroscope'), () => {
  const ownProfile = correlationsOf(readDataSources()).find(({ name }) => name === OWN_PROFILE)!;

  test('is offered on the entry span of each service, and on no others', async () => {
    const [id] = await tempo.search(
      '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-recorder" }',
    );
    const spans = spansOf((await tempo.rawTrace(id!))!);
    const services = new Map(spans.map(({ spanID, serviceName }) => [spanID, serviceName]));
    const isEntry = ({ parentSpanID = '', serviceName }: Span) => services.get(parentSpanID) !== serviceName;
    const ours = spans.filter(({ serviceName }) => /^mythical-(requester|server|recorder)$/.test(serviceName));
    assert.deepEqual(
      ours.map((span) => [span.operationName, ownProfile.open(span) !== undefined]),
      ours.map((span) => [span.operationName, isEntry(span)]),
    );
  });

  test('of a slow request is dominated by the burning function; that of concurrent fast ones is not', async (t) => {
    await postJson(`${ADDRESSES.server}/scenarios`, { name: 'cpu-burn', seconds: 20 });
    const requests: string[] = [];
    for (let index = 0; index < 40; index++) {
      const { traceId: id, header } = traceparent();
      await (await fetch(`${ADDRESSES.server}/unicorn`, { headers: { traceparent: header } })).arrayBuffer();
      requests.push(id);
    }
    // A request's span ends after its queries' spans, and may arrive later.
    const entries = await found('the traces', async () => {
      const traces = await Promise.all(requests.map(tempo.rawTrace));
      const offered = traces
        .flatMap((trace) => (trace ? spansOf(trace) : []))
        .flatMap((span) => {
          const link = ownProfile.open(span);
          return link ? [{ link, duration: span.duration }] : [];
        });
      return offered.length === requests.length && offered;
    });

    // Spans that burned have about ten samples; spans that waited for them are slow as well, and have none.
    const shares = await found('a profile of a burning span', async () => {
      const slow = entries.filter(({ duration }) => duration > 100);
      const graphs = await Promise.all(
        slow.map(({ link }) => flameGraphOf(ADDRESSES.pyroscope, link.query, link.range)),
      );
      const burned = graphs
        .filter(({ total = 0 }) => Number(total) > 50e6)
        .map((graph) => shareOf(graph, BURNING_NAME));
      return burned;
    });
    t.diagnostic(`shares of the burning function: ${shares.map((share) => share.toFixed(2)).join(' ')}`);
    // Ten samples are few: a single one in garbage collection is a tenth of the graph.
    for (const share of shares) assert.ok(share > 0.5, String(share));
    assert.ok(shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)]! > 0.9);

    const fast = entries.filter(({ duration }) => duration < 50);
    const graphs = await Promise.all(fast.map(({ link }) => flameGraphOf(ADDRESSES.pyroscope, link.query, link.range)));
    const time = graphs.map(({ total = 0 }) => Number(total));
    const burnt = graphs.map((graph, index) => shareOf(graph, BURNING_NAME) * time[index]!);
    const sum = (numbers: number[]) => numbers.reduce((sum, number) => sum + number, 0);
    t.diagnostic(`${fast.length} fast ones: ${sum(burnt) / 1e6} of ${sum(time) / 1e6} ms in it`);
    assert.ok(sum(burnt) <= 0.2 * sum(time));
  });
});
