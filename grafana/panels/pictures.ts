import {
  FieldColorBuilder,
  FieldColorModeId,
  type Panel,
  PanelBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import * as heatmap from '@grafana/grafana-foundation-sdk/heatmap';
import * as nodegraph from '@grafana/grafana-foundation-sdk/nodegraph';
import * as statetimeline from '@grafana/grafana-foundation-sdk/statetimeline';
import type { DataLink } from '../layout/links.ts';
import { framed, type PanelOptions } from './look.ts';

/** A flame graph: each bar is a function, its width the time (or memory) it uses, with the functions it calls below. */
export function flames(options: PanelOptions): PanelBuilder {
  // The SDK has no builder for this panel type, and the panel has no options.
  return framed(new PanelBuilder().type('flamegraph'), options, { width: 12, height: 16 });
}

/** The waterfall of one trace. */
export function waterfall(options: PanelOptions): PanelBuilder {
  return framed(new PanelBuilder().type('traces'), options, { width: 24, height: 12 });
}

/** The service graph: circles and arrows. */
export function nodeGraph(options: PanelOptions): nodegraph.PanelBuilder {
  return framed(new nodegraph.PanelBuilder(), options, { width: 24, height: 15 });
}

/** The number of observations in each bucket over time: darker means more. */
export function heat(options: PanelOptions & { unit: string }): heatmap.PanelBuilder {
  const { unit } = options;
  return (
    framed(new heatmap.PanelBuilder(), options, { width: 12, height: 8 })
      // The unit of the cells, which are counts; the axis has a separate unit.
      .unit('short')
      .calculate(false)
      .yAxis(new heatmap.YAxisConfigBuilder().unit(unit))
      .color(new heatmap.HeatmapColorOptionsBuilder().mode(heatmap.HeatmapColorMode.Scheme).scheme('Oranges').steps(64))
      .exemplarsColor('rgba(80,140,255,0.5)')
      .cellGap(1)
      .showLegend()
  );
}

/** The states of each series over time, as a band. */
export function bands(
  options: PanelOptions & { unit: string; states: Record<string, { text: string; color: string }>; links?: DataLink[] },
): statetimeline.PanelBuilder {
  const { unit, states, links } = options;
  const panel = framed(new statetimeline.PanelBuilder(), options, { width: 12, height: 8 })
    .unit(unit)
    // With threshold colours, Grafana shows the threshold ("< 80") for merged values instead of the mapped state.
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Fixed).fixedColor('transparent'))
    .mergeValues(true)
    .rowHeight(0.8)
    .mappings([{ type: 'value', options: states } as never]);
  if (links) panel.dataLinks(links);
  // Removes the pager. The SDK's method doesn't accept 0.
  (panel as unknown as { internal: Panel }).internal.options!.perPage = 0;
  return panel;
}
