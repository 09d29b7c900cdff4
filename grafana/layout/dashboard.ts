import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  type Panel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { alertAnnotation, SCENARIO_ANNOTATION } from './annotations.ts';
import { HEADER_LINKS } from './links.ts';
import { DASHBOARDS, type DashboardName, TAG } from './uids.ts';
import type { Variable } from './variables.ts';

/** The contents of a dashboard, from top to bottom. */
export type Screen = {
  name: DashboardName;
  /** Shown to the reader: what the dashboard is for, in a sentence or two. */
  description: string;
  variables?: Variable[];
  /** Whether marks for the start and end of alerts are on by default. */
  aboutAlerts?: boolean;
  rows: Row[];
};

export type Row = {
  /** A heading above the panels. */
  title?: string;
  /** From left to right, each as far up as it fits: low panels may be stacked beside a high one. */
  panels: Builder<Panel>[];
};

/** Grafana divides the screen into this many columns. */
const COLUMNS = 24;

/**
 * The dashboard in the classic schema, the one that every version of Grafana reads from files. The SDK sets no panel IDs and
 * no query names (`refId`), without which Grafana can't tell two queries apart. It also sets `placement`, which would hide
 * links and annotations in a menu.
 */
export function dashboardOf({ name, description, variables = [], aboutAlerts = false, rows }: Screen): Dashboard {
  const { uid, title } = DASHBOARDS[name];
  const dashboard = new DashboardBuilder(title)
    .uid(uid)
    .description(description)
    .tags([TAG])
    .editable()
    .time({ from: 'now-15m', to: 'now' })
    .refresh('10s')
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .variables(variables)
    .annotations([SCENARIO_ANNOTATION, alertAnnotation({ enabled: aboutAlerts })])
    .links(HEADER_LINKS)
    .build();
  for (const item of [...dashboard.annotations!.list!, ...dashboard.links!]) delete item.placement;
  return { ...dashboard, id: null as never, version: 1, panels: placed(rows) as never };
}

function placed(rows: Row[]): unknown[] {
  const all: unknown[] = [];
  let id = 0;
  /** The first free row of each column. */
  const taken = Array.from({ length: COLUMNS }, () => 0);
  for (const { title, panels } of rows) {
    const top = Math.max(...taken);
    taken.fill(top);
    if (title !== undefined) {
      const gridPos = { x: 0, y: top, w: COLUMNS, h: 1 };
      all.push({ type: 'row', id: ++id, title, collapsed: false, gridPos, panels: [] });
      taken.fill(top + 1);
    }
    for (const panel of panels.map((builder) => builder.build())) {
      const { w, h } = panel.gridPos!;
      const { x, y } = highestPlace(taken, w);
      taken.fill(y + h, x, x + w);
      const gridPos = { x, y, w, h };
      all.push({ ...panel, id: ++id, gridPos, ...(panel.targets && { targets: panel.targets.map(withRefId) }) });
    }
  }
  return all;
}

/** Where a panel of this width fits: as far up as possible, then as far left. */
function highestPlace(taken: number[], width: number): { x: number; y: number } {
  const places = Array.from({ length: COLUMNS - width + 1 }, (_, x) => ({
    x,
    y: Math.max(...taken.slice(x, x + width)),
  }));
  return places.reduce((best, place) => (place.y < best.y ? place : best));
}

/** A, B, C, … */
const withRefId = (target: object, index: number) => ({ ...target, refId: String.fromCharCode(65 + index) });
