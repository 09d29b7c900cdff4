import type { Range } from '../dashboards/range.ts';
import type { Target } from '../dashboards/read.ts';
import type { DataSource, DerivedField, ProvisionedCorrelation, Tag, TimeShift } from './data-sources.ts';
import type { Exemplar, Line, Samples, Span } from './samples.ts';
import { type Interpolated, interpolateAll, milliseconds, transform, type Variables } from './variables.ts';

/** A link from one signal to another. */
export type Correlation<From extends keyof Samples = keyof Samples> = {
  name: string;
  /** Uids of data sources. */
  from: string;
  to: string;
  /** What the user clicks. */
  on: From;
  /** What Grafana opens for a sample of that kind, or undefined if it shows no link. */
  open(sample: Samples[From][number]): Link | undefined;
};

/** The query and time range that Grafana sends to the data source after the click. */
export type Link = {
  to: string;
  query: Query;
  /** Milliseconds since 1970. */
  range: Range;
  /** The variables that were filled in, with their values. */
  used: Interpolated['used'];
};

type Query = Record<string, unknown>;

/** All configured correlations, of every kind. */
export function correlationsOf(dataSources: Map<string, DataSource>): Correlation[] {
  return [...dataSources.values()].flatMap((source) => [
    ...fromExemplars(source),
    ...fromDerivedFields(source),
    ...fromTracesToLogs(source),
    ...fromTracesToMetrics(source),
    ...fromTracesToProfiles(source),
    ...fromServiceMap(source),
    ...(source.correlations ?? []).map((correlation) => fromCorrelation(source, correlation)),
  ]) as Correlation[];
}

// Grafana: packages/grafana-prometheus/src/result_transformer.ts, getDataLinks
function fromExemplars({ uid, jsonData }: DataSource): Correlation<'exemplars'>[] {
  return (jsonData.exemplarTraceIdDestinations ?? []).map(({ name, datasourceUid }) => ({
    name: `exemplar with ${name} → trace`,
    from: uid,
    to: datasourceUid,
    on: 'exemplars',
    open: ({ labels }: Exemplar) =>
      link(datasourceUid, traceQuery('${__value.raw}'), { __value: { raw: labels[name] } }, lastHour()),
  }));
}

// Grafana: public/app/plugins/datasource/loki/getDerivedFields.ts
function fromDerivedFields({ uid, jsonData }: DataSource): Correlation<'lines'>[] {
  return (jsonData.derivedFields ?? []).map((field) => ({
    name: `log line (${field.name}) → trace`,
    from: uid,
    to: field.datasourceUid,
    on: 'lines',
    open: (line: Line) =>
      link(field.datasourceUid, traceQuery(field.url), { __value: { raw: derivedValue(field, line) } }, lastHour()),
  }));
}

function derivedValue({ matcherType, matcherRegex }: DerivedField, { labels, text }: Line): string | undefined {
  const pattern = new RegExp(matcherRegex);
  if (matcherType === 'regex') return pattern.exec(text)?.[1];
  const key = Object.keys(labels).find((name) => pattern.test(name));
  return key === undefined ? undefined : labels[key];
}

// Grafana: public/app/features/explore/TraceView/components/logsLink.ts, getTraceToLogsQuery
function fromTracesToLogs({ uid, jsonData: { tracesToLogsV2: options } }: DataSource): Correlation<'spans'>[] {
  if (options === undefined) return [];
  return [
    {
      name: 'trace → log lines',
      from: uid,
      to: options.datasourceUid,
      on: 'spans',
      // Only what the button for a whole trace also has: with ${__span…} in the query, there would be no button.
      open: (span) =>
        link(options.datasourceUid, { expr: options.query }, traceVariables(span), rangeOf(span, options)),
    },
  ];
}

// Grafana: public/app/features/explore/TraceView/createSpanLink.tsx, "Get metrics links"
function fromTracesToMetrics({ uid, jsonData: { tracesToMetrics: options } }: DataSource): Correlation<'spans'>[] {
  return (options?.queries ?? []).map(({ name, query }) => ({
    name: `span → metrics: ${name}`,
    from: uid,
    to: options!.datasourceUid,
    on: 'spans',
    open: (span: Span) =>
      link(
        options!.datasourceUid,
        { expr: query },
        { ...traceVariables(span), ...spanVariables(span), __tags: formatTags(span, options!.tags) },
        rangeOf(span, options!),
      ),
  }));
}

// Grafana: public/app/plugins/datasource/tempo/resultTransformer.ts, transformTrace
function fromTracesToProfiles({ uid, jsonData: { tracesToProfiles: options } }: DataSource): Correlation<'spans'>[] {
  if (options === undefined) return [];
  const query = {
    labelSelector: options.query,
    profileTypeId: options.profileTypeId,
    spanSelector: ['${__span.tags["pyroscope.profile.id"]}'],
  };
  return [
    {
      name: 'span → its own profile',
      from: uid,
      to: options.datasourceUid,
      on: 'spans',
      open: (span) =>
        link(
          options.datasourceUid,
          query,
          { ...traceVariables(span), ...spanVariables(span) },
          rangeOf(span, { spanStartTimeShift: '-60s', spanEndTimeShift: '60s' }),
        ),
    },
  ];
}

// Grafana: public/app/plugins/datasource/tempo/graphTransform.ts, totalsMetric
function fromServiceMap({ uid, jsonData: { serviceMap: options } }: DataSource): Correlation<'spans'>[] {
  if (options === undefined) return [];
  const expr = 'sum by (client, server) (rate(traces_service_graph_request_total[$__range]))';
  return [
    {
      name: 'traces → service graph',
      from: uid,
      to: options.datasourceUid,
      on: 'spans',
      open: () => link(options.datasourceUid, { expr }, {}, lastHour()),
    },
  ];
}

// Grafana: public/app/features/explore/utils/links.ts, getFieldLinksForExplore
function fromCorrelation({ uid }: DataSource, correlation: ProvisionedCorrelation): Correlation<'spans' | 'lines'> {
  const { label, config } = correlation;
  const on = uid === 'tempo' ? 'spans' : 'lines';
  return {
    name: `${uid}: ${label}`,
    from: uid,
    to: correlation.type === 'query' ? correlation.targetUID : targetOfExplore(String(config.target.url)),
    on,
    open(sample) {
      const fields: Record<string, unknown> =
        'text' in sample ? { Line: sample.text, labels: sample.labels } : { ...sample };
      if (fields[config.field] === undefined) return undefined;
      // A link on a span gets the span's time as its range, with no margin.
      const range = 'text' in sample ? lastHour() : rangeOf(sample);
      const variables = transform(config.transformations, fields);
      if (correlation.type === 'query') return link(correlation.targetUID, config.target, variables, range);
      const url = interpolateAll(config.target, variables);
      return url.missing.length > 0 ? undefined : { ...exploreLink(String(url.value.url)), used: url.used };
    },
  };
}

/** Grafana shows a link only when all of its variables have a value. */
function link(to: string, template: Query, variables: Variables, range: Range): Link | undefined {
  const { value: query, used, missing } = interpolateAll(template, variables);
  return missing.length > 0 ? undefined : { to, query, range, used };
}

const traceQuery = (query: string) => ({ query, queryType: 'traceql' });

/** A link from another tab starts with this range, which is also Explore's default. */
const lastHour = (): Range => ({ from: Date.now() - 3_600_000, to: Date.now() });

// Grafana: public/app/features/explore/TraceView/createTraceLink.ts, getTimeRangeFromTimestamps
function rangeOf({ startTime, duration }: Span, shift?: TimeShift): Range {
  const from = Math.floor(startTime + milliseconds(shift?.spanStartTimeShift ?? '0s'));
  const to = Math.floor(startTime + duration + milliseconds(shift?.spanEndTimeShift ?? '0s'));
  return { from, to: Math.max(to, from + 1) };
}

// Grafana: public/app/features/explore/TraceView/createTraceLink.ts, scopedVarsFromTrace
const traceVariables = ({ trace }: Span): Variables => ({ __trace: trace });

// Grafana: public/app/features/explore/TraceView/createSpanLink.tsx, scopedVarsFromSpan
function spanVariables(span: Span): Variables {
  const tags = Object.fromEntries([...span.serviceTags, ...span.tags].map(({ key, value }) => [key, value]));
  return {
    __span: { spanId: span.spanID, traceId: span.traceID, name: span.operationName, duration: span.duration, tags },
  };
}

// Grafana: public/app/features/explore/TraceView/crossSignalConfig.ts, getFormattedTags
function formatTags(span: Span, wanted: Tag[]): string {
  const all = [
    ...span.serviceTags,
    ...span.tags,
    { key: 'spanId', value: span.spanID },
    { key: 'traceId', value: span.traceID },
    { key: 'name', value: span.operationName },
    { key: 'duration', value: span.duration },
  ];
  return all
    .flatMap(({ key, value }) => {
      const tag = wanted.find((tag) => tag.key === key);
      return tag === undefined ? [] : `${tag.value ?? tag.key}="${value}"`;
    })
    .join(', ');
}

/** What a link to Explore asks for. */
function exploreLink(url: string): Omit<Link, 'used'> {
  const { datasource, targets, range } = paneOf(url);
  return { to: datasource, query: targets[0]!, range };
}

const targetOfExplore = (url: string): string => paneOf(url).datasource;

type Pane = { datasource: string; queries: Target[]; range: { from: string; to: string } };

/** The first pane that a link to Explore opens. */
export function paneOf(url: string): { datasource: string; targets: Target[]; range: Range } {
  const { pathname, searchParams } = new URL(url, 'http://grafana');
  if (pathname !== '/explore') throw new Error(`${url} leads neither to a dashboard nor to Explore`);
  const [pane] = Object.values(JSON.parse(searchParams.get('panes') ?? '{}') as Record<string, Pane>);
  if (pane === undefined) throw new Error(`${url} opens nothing`);
  const { datasource, queries, range } = pane;
  return { datasource, targets: queries, range: { from: Number(range.from), to: Number(range.to) } };
}
