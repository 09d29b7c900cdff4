import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksTo } from './links.ts';

test('fills in all placeholders for trace and span', () => {
  const templates = {
    trace: 'http://lens/#/trace/{traceId}?again={traceId}',
    logs: 'http://grafana/explore?panes=%7B%22query%22:%22{traceId}%22%7D',
    profile: 'http://lens/#/flame?span={spanId}',
  };
  assert.deepEqual(linksTo({ traceId: 'abc', spanId: 'def' }, templates), {
    trace: 'http://lens/#/trace/abc?again=abc',
    logs: 'http://grafana/explore?panes=%7B%22query%22:%22abc%22%7D',
    profile: 'http://lens/#/flame?span=def',
  });
  assert.equal(linksTo({ traceId: 'abc', spanId: undefined }, templates).profile, 'http://lens/#/flame?span=');
});

test('keeps null for unavailable links', () => {
  const templates = { trace: null, logs: null, profile: 'http://lens/{traceId}' };
  assert.deepEqual(linksTo({ traceId: 'abc', spanId: undefined }, templates), {
    trace: null,
    logs: null,
    profile: 'http://lens/abc',
  });
});
