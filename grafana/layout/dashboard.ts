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

/** What a dashboard shows, from top to bottom. */
export type Screen = {
  name: DashboardName;
  /** What the dashboard tells its reader, in a sentence or two. */
  description: string;
  variables?: Variable[];
  /** Marks where alerts began and ended are on from the start. */
  aboutAlerts?: boolean;
  rows: Row[];
};

export type Row = {
  /** A heading over the panels. */
  title?: string;
  /** From left to right, each as far up as there is room: low ones may stand above each other beside a high one. */
  panels: Builder<Panel>[];
};

/** Grafana divides the width of the screen into these many columns. */
const COLUMNS = 24;

/**
 * The dashboard as Grafana's files have it (the classic schema: the one that every version reads from files). The SDK
 * leaves out ids of panels, and names of queries (`refId`), without which Grafana can't tell two queries apart. It puts
 * in `placement`, which would hide links and annotations in a menu.
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
  /** Down to where each column is taken. */
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

/** Where a panel of this width fits as far up, and then as far left, as can be. */
function highestPlace(taken: number[], width: number): { x: number; y: number } {
  const places = Array.from({ length: COLUMNS - width + 1 }, (_, x) => ({
    x,
    y: Math.max(...taken.slice(x, x + width)),
  }));
  return places.reduce((best, place) => (place.y < best.y ? place : best));
}

/** A, B, C, … */
const withRefId = (target: object, index: number) => ({ ...target, refId: String.fromCharCode(65 + index) });
