import {
  GraphDrawStyle,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  ScaleDistribution,
  ScaleDistributionConfigBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VisibilityMode,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { byName, legendBelow, legendTable, type NumberOptions, thresholdsOf } from './look.ts';

export type GraphOptions = NumberOptions & {
  /** Areas on top of each other: where the sum means something. */
  stacked?: boolean;
  /** Bars instead of lines: where each value is a count of its own. */
  bars?: boolean;
  /** Dots instead of lines: where values are far apart, and a line between them would say what nobody measured. */
  dots?: boolean;
  /** For values that differ by powers of ten, such as durations. */
  logarithmic?: boolean;
  legend?: 'list' | 'table';
  min?: number;
  max?: number;
  /** Series that are always red, by a regular expression on their name. */
  red?: string;
  /** The least time between two points: for what is counted in each interval, such as log lines. */
  every?: string;
};

/** Values over time. */
export function graph(options: GraphOptions): PanelBuilder {
  const {
    title,
    description,
    queries,
    width,
    height = 8,
    unit,
    decimals,
    warnAt,
    alarmAt,
    alarmBelow,
    links,
  } = options;
  const {
    stacked = false,
    bars = false,
    dots = false,
    logarithmic = false,
    legend = 'list',
    min,
    max,
    red,
    every,
  } = options;
  const panel = new PanelBuilder()
    .title(title)
    .description(description)
    .targets(queries)
    .span(width)
    .height(height)
    .unit(unit)
    .colorScheme(byName())
    .drawStyle(bars ? GraphDrawStyle.Bars : dots ? GraphDrawStyle.Points : GraphDrawStyle.Line)
    .lineWidth(bars ? 0 : 1)
    .fillOpacity(stacked ? 60 : bars ? 80 : 10)
    .showPoints(dots ? VisibilityMode.Always : VisibilityMode.Never)
    // A gap in the data is a gap in the graph, but not between two scrapes.
    .spanNulls(60_000)
    .legend(legend === 'table' ? legendTable() : legendBelow())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (decimals !== undefined) panel.decimals(decimals);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
  if (logarithmic) panel.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
  else panel.min(min ?? 0);
  if (max !== undefined) panel.max(max);
  if (dots) panel.pointSize(8);
  if (every) panel.interval(every);
  if (links) panel.dataLinks(links);
  if (red) panel.overrideByRegexp(red, [{ id: 'color', value: { mode: 'fixed', fixedColor: 'red' } }]);
  if (warnAt !== undefined || alarmAt !== undefined || alarmBelow !== undefined) {
    panel
      .thresholds(thresholdsOf({ warnAt, alarmAt, alarmBelow }))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
  return panel;
}
