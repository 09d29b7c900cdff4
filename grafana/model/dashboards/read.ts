import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The dashboards as Grafana reads them, limited to the parts that the tests look at. */
export type Dashboard = {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  time: { from: string; to: string };
  templating: { list: Variable[] };
  annotations: { list: Annotation[] };
  links: { type: string; url?: string; tags: string[] }[];
  panels: Panel[];
};

export type Variable = {
  name: string;
  type: 'query' | 'custom' | 'textbox';
  query: string;
  regex?: string;
  datasource?: { uid: string; type: string };
  current: { value: string | string[] };
  allValue?: string;
};

export type Annotation = { name: string; datasource: { uid: string; type: string }; expr: string; step: string };

export type Panel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  /** The minimum time between two points. */
  interval?: string;
  targets?: Target[];
  fieldConfig?: {
    defaults: {
      unit?: string;
      links?: Link[];
      color?: { mode: string };
      custom?: Record<string, unknown>;
      [key: string]: unknown;
    };
    overrides: { matcher: { id: string; options: string }; properties: { id: string; value: unknown }[] }[];
  };
  options?: Record<string, unknown>;
  transformations?: { id: string; options: Record<string, unknown> }[];
};

export type Target = {
  refId: string;
  datasource: { uid: string; type: string };
  expr?: string;
  query?: string;
  rawSql?: string;
  queryType?: string;
  tableType?: string;
  instant?: boolean;
  exemplar?: boolean;
  format?: string;
  legendFormat?: string;
  interval?: string;
  limit?: number;
  maxLines?: number;
  metricsQueryType?: string;
  serviceMapQuery?: string;
  profileTypeId?: string;
  labelSelector?: string;
  spanSelector?: string[];
  groupBy?: string[];
};

export type Link = { title: string; url: string };

const FOLDER = path.join(import.meta.dirname, '../../dashboards/json');

/** By file name, without the extension. */
export function readDashboards(): Map<string, Dashboard> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => [path.basename(file, '.json'), JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8'))]),
  );
}

/** All panels except row headings. */
export const panelsOf = ({ panels }: Dashboard): Panel[] => panels.filter(({ type }) => type !== 'row');

/** The data links of a panel; in a table, with the column that each belongs to. */
export function dataLinksOf({ fieldConfig }: Panel): (Link & { on?: string })[] {
  return [
    ...(fieldConfig?.defaults.links ?? []),
    ...(fieldConfig?.overrides ?? []).flatMap(({ matcher, properties }) =>
      properties
        .filter(({ id }) => id === 'links')
        .flatMap(({ value }) => (value as Link[]).map((link) => ({ ...link, on: matcher.options }))),
    ),
  ];
}
