import * as bargauge from '@grafana/grafana-foundation-sdk/bargauge';
import {
  BarGaugeDisplayMode,
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import * as stat from '@grafana/grafana-foundation-sdk/stat';
import { Short } from '@grafana/grafana-foundation-sdk/units';
import { byThreshold, framed, type NumberOptions, thresholdsOf } from './look.ts';

/** A stat panel with the latest value. */
export function bigNumber(options: NumberOptions): stat.PanelBuilder {
  const { unit, decimals, links } = options;
  const panel = framed(new stat.PanelBuilder(), options, { width: 4, height: 4 })
    // `short` would round 1,370 to 1.37 K.
    .unit(unit === Short ? 'locale' : unit)
    .colorScheme(byThreshold())
    .thresholds(thresholdsOf(options))
    // Green would say that the value is good.
    .colorMode(isJudged(options) ? BigValueColorMode.Value : BigValueColorMode.None)
    // A sparkline would run through the number.
    .graphMode(BigValueGraphMode.None)
    .textMode(BigValueTextMode.Value)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  if (decimals !== undefined) panel.decimals(decimals);
  if (links) panel.dataLinks(links);
  return panel;
}

const isJudged = ({ warnAt, alarmAt, alarmBelow }: NumberOptions) =>
  [warnAt, alarmAt, alarmBelow].some((limit) => limit !== undefined);

/** A bar for each series, in the order of the response: for instant queries (promqlNow) that sort their own result. */
export function bars(options: NumberOptions & { max?: number }): bargauge.PanelBuilder {
  const { unit, decimals, links, max } = options;
  const panel = framed(new bargauge.PanelBuilder(), options, { width: 12, height: 8 })
    .unit(unit)
    .min(0)
    .colorScheme(byThreshold())
    .thresholds(thresholdsOf(options))
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']).values(false));
  if (decimals !== undefined) panel.decimals(decimals);
  if (max !== undefined) panel.max(max);
  if (links) panel.dataLinks(links);
  return panel;
}
