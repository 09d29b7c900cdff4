import type { DataSource } from './data-sources.ts';

/** What a click on a span shows: up to three links are buttons; more than three are entries in one menu. */
// Grafana: public/app/features/explore/TraceView/components/TraceTimelineViewer/SpanDetail/SpanDetailLinkButtons.tsx
export const MAX_BUTTONS = 3;
export const MENU = 'Links';

/** The links that every span has, including in dashboards. */
export const linksOfEverySpan = ({ jsonData: { tracesToLogsV2, tracesToMetrics } }: DataSource): string[] => [
  ...(tracesToMetrics?.queries ?? []).map(({ name }) => name),
  ...(tracesToLogsV2 === undefined ? [] : [nameOfLogs(tracesToLogsV2)]),
];

/** Links that only some spans have: those with a profile, or with the attributes that a correlation needs. */
export const linksOfSomeSpans = ({ jsonData: { tracesToProfiles }, correlations = [] }: DataSource): string[] => [
  ...(tracesToProfiles === undefined ? [] : ['Profiles for this span', 'Open in Profiles Drilldown']),
  ...correlations.map(({ label }) => label),
];

// Grafana: public/app/features/explore/TraceView/components/TraceTimelineViewer/SpanDetail/LogsLink.tsx, getLogsButtonCTA
function nameOfLogs({
  filterBySpanID,
  filterByTraceID,
}: NonNullable<DataSource['jsonData']['tracesToLogsV2']>): string {
  if (filterBySpanID) return 'Logs for this span';
  return filterByTraceID ? 'Logs for this trace' : 'Related logs';
}
