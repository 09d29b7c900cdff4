import { LogsDedupStrategy, LogsSortOrder } from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/logs';
import { framed, type PanelOptions } from './look.ts';

/** Log lines, newest first. Each line with a trace ID has a button that opens its trace. */
export function logLines(options: PanelOptions): PanelBuilder {
  return framed(new PanelBuilder(), options, { width: 12, height: 10 })
    .showTime(true)
    .showLabels(false)
    .showCommonLabels(false)
    .wrapLogMessage(true)
    .prettifyLogMessage(false)
    .enableLogDetails(true)
    .sortOrder(LogsSortOrder.Descending)
    .dedupStrategy(LogsDedupStrategy.None);
}
