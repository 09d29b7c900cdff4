import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import express from 'express';
import { Counter, Gauge, Histogram, Registry, type RegistryContentType } from 'prom-client';
import { serve } from '../../../tests/support/serve.ts';
import { useStarted } from '../../../tests/support/use-started.ts';
import { metricsHandler } from './metrics.ts';

const CLASSIC = Registry.PROMETHEUS_CONTENT_TYPE;
const OPENMETRICS = Registry.OPENMETRICS_CONTENT_TYPE;

/** Prometheus 3's Accept header. */
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,application/openmetrics-text;version=0.0.1;q=0.5,' +
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,text/plain;version=0.0.4;q=0.3,*/*;q=0.2';

function createRegistry(type: RegistryContentType): Registry {
  const registry = new Registry(type);
  const registers = [registry];
  new Counter({ name: type === CLASSIC ? 'events_total' : 'events', help: 'x', labelNames: ['kind'], registers }).inc(
    { kind: 'a' },
    2,
  );
  new Counter({ name: 'named_total', help: 'x', registers }).inc(3);
  new Gauge({ name: 'level', help: 'x', registers, aggregator: 'omit' }).set(5);
  const times = { name: 'times', help: 'x', buckets: [1], registers };
  if (type === CLASSIC) new Histogram(times).observe(0.5);
  else {
    const withExemplars = new Histogram<'traceID'>({ ...times, enableExemplars: true });
    withExemplars.observe({ value: 0.5, labels: {}, exemplarLabels: { traceID: 'abc' } });
  }
  return registry;
}

for (const own of [CLASSIC, OPENMETRICS] as const) {
  describe(`metrics of a registry of ${own}`, () => {
    const server = useStarted(() => serve(express().get('/metrics', metricsHandler(createRegistry(own)))));

    // Twice, because prom-client renames counters while it writes OpenMetrics.
    for (const [accept, expected] of [
      ['*/*', own],
      [OPENMETRICS, OPENMETRICS],
      ['text/plain', CLASSIC],
      [PROMETHEUS, OPENMETRICS],
      ['text/plain;version=0.0.4', CLASSIC],
      ['application/openmetrics-text;q=0.2, text/plain;q=0.5', CLASSIC],
      ['text/*', CLASSIC],
      ['application/json', own],
      [OPENMETRICS, OPENMETRICS],
      ['text/plain', CLASSIC],
    ] as const) {
      test(`${accept} gets ${expected}`, async () => {
        const response = await fetch(`${server.url}/metrics`, { headers: { accept } });
        assert.equal(response.headers.get('content-type'), expected);
        assert.equal(response.headers.get('vary'), 'Accept');
        const text = await response.text();
        assert.equal(text.endsWith('# EOF\n'), expected === OPENMETRICS);
        assert.match(text, expected === OPENMETRICS ? /^# TYPE events counter$/m : /^# TYPE events_total counter$/m);
        assert.match(text, /^events_total\{kind="a"\} 2$/m);
        assert.match(text, /^named_total 3$/m);
        assert.match(text, /^level 5$/m);
        assert.match(text, /^times_bucket\{le="1"\} 1/m);
        assert.match(text, /^times_sum 0.5$/m);
        if (expected === CLASSIC) assert.doesNotMatch(text, /traceID/);
        if (expected === own && own === OPENMETRICS) assert.match(text, /# \{traceID="abc"\} 0.5/);
      });
    }
  });
}
