import { TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import type { DataTransformerConfig, DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder } from '@grafana/grafana-foundation-sdk/table';
import type { DataLink } from '../layout/links.ts';
import { framed, type PanelOptions, thresholdsOf } from './look.ts';

/** A column: its title on screen, and how its values look. */
export type Column = {
  /** The field name in the data: a label, or `Value #A` for the values of the first query. */
  from: string;
  title: string;
  /** For numbers. */
  unit?: string;
  decimals?: number;
  warnAt?: number;
  alarmAt?: number;
  width?: number;
  links?: DataLink[];
  /** Not on screen: used only by links in other columns. */
  hidden?: boolean;
};

export type TableOptions = PanelOptions & {
  /** From left to right; other fields of the data are left out. */
  columns: Column[];
  /** The title of a column; the largest values come first. */
  sortBy?: string;
  /** The smallest values come first, or the first in the alphabet. */
  ascending?: boolean;
};

/** In pixels. Grafana's default minimum, 150, pushes the last columns of a narrow table off screen. */
const MIN_COLUMN_WIDTH = 60;

/** One row for each combination of labels; several queries become columns of the same rows. */
export function table(options: TableOptions): PanelBuilder {
  const { queries, columns, sortBy, ascending = false, noValue } = options;
  const panel = framed(new PanelBuilder(), options, { width: 12, height: 8 })
    .cellHeight(TableCellHeight.Sm)
    .minWidth(MIN_COLUMN_WIDTH)
    .transformations([...(queries.length > 1 ? [{ id: 'merge', options: {} }] : []), organize(columns)]);
  for (const column of columns) {
    // Otherwise Grafana writes the text for an empty table into each empty cell.
    const properties = [...lookOf(column), ...(noValue === undefined ? [] : [{ id: 'noValue', value: '' }])];
    if (properties.length > 0) panel.overrideByName(column.title, properties);
  }
  if (sortBy !== undefined) panel.sortBy([{ build: () => ({ displayName: sortBy, desc: !ascending }) }]);
  return panel;
}

function organize(columns: Column[]): DataTransformerConfig {
  return {
    id: 'organize',
    options: {
      includeByName: Object.fromEntries(columns.map(({ from }) => [from, true])),
      indexByName: Object.fromEntries(columns.map(({ from }, index) => [from, index])),
      renameByName: Object.fromEntries(columns.map(({ from, title }) => [from, title])),
    },
  };
}

function lookOf({ unit, decimals, warnAt, alarmAt, width, links, hidden }: Column): DynamicConfigValue[] {
  return [
    ...(hidden ? [{ id: 'custom.hideFrom.viz', value: true }] : []),
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(warnAt === undefined && alarmAt === undefined
      ? []
      : [
          { id: 'thresholds', value: thresholdsOf({ warnAt, alarmAt }).build() },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
          { id: 'color', value: { mode: 'thresholds' } },
        ]),
    ...(links === undefined ? [] : [{ id: 'links', value: links.map((link) => link.build()) }]),
  ];
}
