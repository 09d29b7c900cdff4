import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '@mythical/common/config';
import { browserSettings } from '@mythical/common/settings';
import { identify } from '@mythical/common/telemetry/identity';
import { browserConfig } from './config-route.ts';

const identity = identify('mythical-server', { NAMESPACE: 'test', ENDPOINT_TYPE: 'MYTHICAL' });

test('a link to a host under .invalid is null', () => {
  const TRACE_URL = 'https://grafana.invalid/explore?{traceId}';
  const { links } = browserConfig(identity, loadConfig(browserSettings, { TRACE_URL }));
  assert.equal(links.trace, null);
  assert.match(links.logs!, /^http:\/\/localhost:/);
});
