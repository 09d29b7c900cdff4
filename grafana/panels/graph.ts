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
import { PercentUnit } from '@grafana/grafana-foundation-sdk/units';
import { coloursOf } from './colours.ts';
import { classicPalette, framed, legendBelow, type NumberOptions, thresholdsOf } from './look.ts';

export type GraphOptions = NumberOptions & {
  /** Stacked areas: for series whose sum means something. */
  stacked?: boolean;
  /** Bars instead of lines: for values that are counts per interval. */
  bars?: boolean;
  /** Dots instead of lines: for sparse values, where a line between them would suggest values that don't exist. */
  dots?: boolean;
  /** For values that differ by orders of magnitude, such as durations. */
  logarithmic?: boolean;
  max?: number;
  /** The end of the axis if all values are lower: for values that are usually 0, whose axis would end at 100. */
  softMax?: number;
  /** Shortens series names to this label's value: Tempo names a quantile `{name="…", p=0.95}`. */
  nameLabel?: string;
  /** Series that are always red, as a regular expression on their name. */
  red?: string;
  /** A series of another unit. */
  rightAxis?: { series: string; unit: string };
  /** The minimum time between two points: for counts per interval, such as log lines. */
  every?: string;
};

/** Values over time. */
export function graph(options: GraphOptions): PanelBuilder {
  const { unit, decimals, links, every, nameLabel, rightAxis } = options;
  const panel = framed(new PanelBuilder(), options, { width: 8, height: 8 })
    .unit(unit)
    .legend(legendBelow())
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending));
  if (decimals !== undefined) panel.decimals(decimals);
  // Not displayName: Tempo sets it in the data, which takes precedence.
  if (nameLabel) panel.withTransformation(renameSeries(`^{.*${nameLabel}="(.*?)".*}$`));
  if (every) panel.interval(every);
  if (links) panel.dataLinks(links);
  draw(panel, options);
  scale(panel, options);
  colour(panel, options);
  if (rightAxis) {
    const { series, unit } = rightAxis;
    panel.overrideByName(series, [
      { id: 'unit', value: unit },
      { id: 'custom.axisPlacement', value: 'right' },
    ]);
  }
  return panel;
}

const renameSeries = (regex: string) => ({ id: 'renameByRegex', options: { regex, renamePattern: '$1' } });

function draw(panel: PanelBuilder, { stacked = false, bars = false, dots = false }: GraphOptions): void {
  panel
    .drawStyle(bars ? GraphDrawStyle.Bars : dots ? GraphDrawStyle.Points : GraphDrawStyle.Line)
    .lineWidth(bars ? 0 : 1)
    .fillOpacity(stacked ? 60 : bars ? 80 : 0)
    .showPoints(dots ? VisibilityMode.Always : VisibilityMode.Never)
    // A gap in the data is a gap in the graph, except between two scrapes.
    .spanNulls(60_000);
  if (dots) panel.pointSize(8);
  if (stacked) panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal));
}

function scale(panel: PanelBuilder, { logarithmic = false, max, unit, softMax }: GraphOptions): void {
  if (logarithmic) panel.scaleDistribution(new ScaleDistributionConfigBuilder().type(ScaleDistribution.Log).log(10));
  else panel.min(0);
  if (max !== undefined) panel.max(max);
  else if (softMax !== undefined) panel.axisSoftMax(softMax);
  // Without it, the axis of a share that is always 0 would end at 10,000 %.
  else if (unit === PercentUnit && !logarithmic) panel.axisSoftMax(0.01);
}

function colour(panel: PanelBuilder, { queries, red, warnAt, alarmAt, alarmBelow }: GraphOptions): void {
  panel.colorScheme(classicPalette());
  for (const [name, fixedColor] of Object.entries(coloursOf(queries))) {
    panel.overrideByName(name, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  if (red) panel.overrideByRegexp(red, [{ id: 'color', value: { mode: 'fixed', fixedColor: 'red' } }]);
  if (warnAt !== undefined || alarmAt !== undefined || alarmBelow !== undefined) {
    panel
      .thresholds(thresholdsOf({ warnAt, alarmAt, alarmBelow }))
      .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
  }
}
