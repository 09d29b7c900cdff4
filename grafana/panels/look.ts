import { LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from '@grafana/grafana-foundation-sdk/common';
import {
  FieldColorBuilder,
  FieldColorModeId,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import type { DataLink } from '../layout/links.ts';
import type { Query } from '../queries/queries.ts';

/** Options that every panel has. */
export type PanelOptions = {
  title: string;
  /** What the panel shows, and what to look for; Grafana shows it behind the (i). */
  description: string;
  queries: Query[];
  /** Shown if there is no data. Not for graphs: their tooltips would show it for each gap. */
  noValue?: string;
} & Partial<Size>;

/** In grid units: 24 columns are the full width. Each kind of panel has a usual size. */
type Size = { width: number; height: number };

/** The methods that the builders of all kinds of panels have. */
type Builder = {
  title(title: string): Builder;
  description(description: string): Builder;
  targets(queries: Query[]): Builder;
  span(columns: number): Builder;
  height(rows: number): Builder;
  noValue(text: string): Builder;
};

/** A panel with its title, description, queries and size. */
export function framed<P extends Builder>(panel: P, options: PanelOptions, usual: Size): P {
  const { title, description, queries, noValue, width = usual.width, height = usual.height } = options;
  panel.title(title).description(description).targets(queries).span(width).height(height);
  if (noValue !== undefined) panel.noValue(noValue);
  return panel;
}

/** Units of rates. Grafana's own for counts per second reads `c/s`. */
export const perSecond = (things: 'lines' | 'spans' | 'rows' | '' = '') => `suffix:${things}/s`;

export type NumberOptions = PanelOptions &
  Limits & {
    /** From the SDK's `units`: it also decides how numbers are formatted. */
    unit: string;
    decimals?: number;
    links?: DataLink[];
  };

/** Thresholds from which a value looks bad. */
export type Limits = {
  warnAt?: number | undefined;
  alarmAt?: number | undefined;
  /** The other way round: a lower value looks bad. */
  alarmBelow?: number | undefined;
};

/** Green, yellow from `warnAt`, red from `alarmAt`; or red, and green from `alarmBelow`. */
export function thresholdsOf({ warnAt, alarmAt, alarmBelow }: Limits) {
  const steps =
    alarmBelow === undefined
      ? [
          { value: null, color: 'green' },
          ...(warnAt === undefined ? [] : [{ value: warnAt, color: 'yellow' }]),
          ...(alarmAt === undefined ? [] : [{ value: alarmAt, color: 'red' }]),
        ]
      : [
          { value: null, color: 'red' },
          { value: alarmBelow, color: 'green' },
        ];
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps);
}

export const byThreshold = () => new FieldColorBuilder().mode(FieldColorModeId.Thresholds);
/** Colours in series order: no two series of a graph share one. (Colours by name can collide.) */
export const classicPalette = () => new FieldColorBuilder().mode(FieldColorModeId.PaletteClassic);

export const legendBelow = () =>
  new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.List).placement(LegendPlacement.Bottom).showLegend(true);
