import assert from 'node:assert/strict';
import { readDataSources } from './data-sources.ts';
import { type Correlation, correlationsOf } from './links.ts';
import type { Exemplar, KeyValue, Line, Span } from './samples.ts';

// Small hand-written examples for the tests, and what grafana/provisioning/datasources/datasources.yaml makes of them.

export const TRACE = '51f5488007c42892da24c718622f3b7f';

export const insert: Span = {
  traceID: TRACE,
  spanID: 'ace3462a67e87e48',
  operationName: 'pg.query:add-beast postgres',
  serviceName: 'mythical-server',
  serviceTags: [{ key: 'service.name', value: 'mythical-server' }],
  tags: [
    { key: 'db.query.text', value: 'insert into beasts (kind, name) values ($1, $2)' },
    { key: 'beast', value: 'manticore' },
  ],
  startTime: 1795247738045,
  duration: 0.694822,
  trace: { traceId: TRACE, name: 'request manticore', duration: 338 },
};

export const line: Line = {
  labels: {
    service_name: 'mythical-server',
    level: 'info',
    beast: 'unicorn',
    traceID: TRACE,
    spanID: '464e85f03a820df5',
  },
  text: `level=info msg="POST unicorn" http.method=POST endpoint=unicorn status=201 duration=1.41 traceID=${TRACE} spanID=464e85f03a820df5`,
};

export const dataSources = readDataSources({ POSTGRES_READER_PASSWORD: 'secret' });
export const correlations = correlationsOf(dataSources);

function called(name: string): Correlation {
  const found = correlations.filter((correlation) => correlation.name === name);
  assert.equal(found.length, 1, `${name}; there are ${correlations.map(({ name }) => name).join(', ')}`);
  return found[0]!;
}

export const open = (name: string, sample: Span | Line | Exemplar) => called(name).open(sample);
export const withTags = (...tags: KeyValue[]): Span => ({ ...insert, tags });
