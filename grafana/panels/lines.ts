import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs';
import type { PanelOptions } from './look.ts';

/** Log lines, newest first. A line with a trace ID has a button that opens the trace. */
export function logLines({ title, description, queries, width, height = 10 }: PanelOptions): PanelBuilder {
  return new PanelBuilder()
    .title(title)
    .description(description)
    .targets(queries)
    .span(width)
    .height(height)
    .showTime(true)
    .showLabels(false)
    .showCommonLabels(false)
    .wrapLogMessage(true)
    .prettifyLogMessage(false)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .dedupStrategy(LogsDedupStrategy.None);
}
