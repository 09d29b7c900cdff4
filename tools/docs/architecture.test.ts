import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { loadConfig } from '@mythical/common/config';
import { FRONTEND, PAGE_PORT, TELEMETRY_PORTS } from '@mythical/common/services';
import { browserSettings } from '@mythical/common/settings';
import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { linksTo } from '../../source/frontend/page/control-room/links.ts';
import { read } from '../../tests/support/project.ts';

type Pane = { datasource: string; queries: Record<string, unknown>[]; range: unknown };

const TRACE_ID = 'ab'.repeat(16);

test('links to Grafana are valid, and use provisioned data sources', () => {
  const text = read('docs/architecture.md');
  const block = /```sh\n(FARO_URL=[\s\S]*?)```/.exec(text)?.[1];
  assert.ok(block);
  const settings = loadConfig(browserSettings, parseEnv(block));
  assert.equal(settings.FARO_URL, `http://localhost:${TELEMETRY_PORTS.faro}/collect`);
  const links = linksTo(
    { traceId: TRACE_ID, spanId: undefined },
    { trace: settings.TRACE_URL, logs: settings.LOGS_URL, profile: settings.PROFILE_URL },
  );
  const panes = Object.values(links).map((link) => {
    const { origin, pathname, searchParams } = new URL(link!);
    assert.equal(`${origin}${pathname}`, `http://localhost:${PAGE_PORT}/explore`);
    const [pane] = Object.values(JSON.parse(searchParams.get('panes')!) as Record<string, Pane>);
    return pane!;
  });
  const sources = readDataSources();
  for (const { datasource, queries } of panes) {
    assert.deepEqual(queries[0]?.datasource, { type: sources.get(datasource)?.type, uid: datasource });
  }
  const [trace, logs, profile] = panes.map(({ queries }) => queries[0]!);
  assert.equal(trace?.query, TRACE_ID);
  assert.equal(logs?.expr, `{service_name=~"mythical-.+"} | traceID=\`${TRACE_ID}\``);
  assert.equal(profile?.labelSelector, '{service_name="mythical-server"}');
  assert.equal(profile?.profileTypeId, sources.get('tempo')?.jsonData.tracesToProfiles?.profileTypeId);
  assert.match(FRONTEND.name, /^mythical-.+/);
});
