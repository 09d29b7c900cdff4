import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

/** A data source as it is provisioned, with the parts that link to other data sources. */
export type DataSource = {
  uid: string;
  type: string;
  jsonData: {
    exemplarTraceIdDestinations?: { name: string; datasourceUid: string; urlDisplayLabel?: string }[];
    derivedFields?: DerivedField[];
    tracesToLogsV2?: TimeShift & {
      datasourceUid: string;
      customQuery: true;
      query: string;
      filterBySpanID?: boolean;
      filterByTraceID?: boolean;
    };
    tracesToMetrics?: TimeShift & { datasourceUid: string; tags: Tag[]; queries: { name: string; query: string }[] };
    tracesToProfiles?: { datasourceUid: string; profileTypeId: string; customQuery: true; query: string };
    serviceMap?: { datasourceUid: string };
  };
  correlations?: ProvisionedCorrelation[];
};

export type DerivedField = {
  name: string;
  matcherType: 'label' | 'regex';
  matcherRegex: string;
  datasourceUid: string;
  url: string;
};

/** A span attribute, and the label that it becomes. */
export type Tag = { key: string; value?: string };

export type TimeShift = { spanStartTimeShift: string; spanEndTimeShift: string };

export type ProvisionedCorrelation = {
  label: string;
  description: string;
  config: { field: string; transformations: Transformation[]; target: Record<string, unknown> };
} & ({ type: 'query'; targetUID: string } | { type: 'external' });

export type Transformation =
  | { type: 'regex'; field: string; expression: string; mapValue: string }
  | { type: 'logfmt'; field: string };

const FILE = path.join(import.meta.dirname, '../../provisioning/datasources/datasources.yaml');

/** The data sources that Grafana creates from its provisioning file, by uid. */
export function readDataSources(env: Record<string, string | undefined> = {}): Map<string, DataSource> {
  const { datasources } = fillInEnvironment(parse(readFileSync(FILE, 'utf8')), env) as { datasources: DataSource[] };
  return new Map(datasources.map((dataSource) => [dataSource.uid, dataSource]));
}

/** In a provisioning file, `$NAME` is a variable of Grafana's environment, and `$$` a dollar sign. */
// Grafana: pkg/services/provisioning/values/values.go, interpolateValue
export function fillInEnvironment(value: unknown, env: Record<string, string | undefined>): unknown {
  if (typeof value === 'string') {
    return value
      .split('$$')
      .map((part) => part.replace(/\$(?:\{(\w+)\}|(\w+))/g, (_, braced, plain) => env[braced ?? plain] ?? ''))
      .join('$');
  }
  if (Array.isArray(value)) return value.map((item) => fillInEnvironment(item, env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fillInEnvironment(item, env)]));
}
