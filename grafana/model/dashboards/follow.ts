import { paneOf } from '../correlations/links.ts';
import { type Answer, amount, type Series } from './answers.ts';
import { askInExplore, type Backends } from './ask.ts';
import type { Range } from './range.ts';
import { type Dashboard, type Link, type Panel, panelsOf } from './read.ts';
import { fill, type Values } from './variables.ts';

/** What was clicked: a series of a graph, or a row of a table with its values by column title. */
export type Clicked = Series | { columns: Record<string, string | number> };

/** Where a link led. */
export type End =
  | { to: 'dashboard'; uid: string; variables: Record<string, string> }
  | { to: 'explore'; query: string; found: number };

/** Everything that can be clicked in the results of a panel's queries. */
export function clickable(panel: Panel, answers: Answer[]): Clicked[] {
  const renamed = panel.transformations?.find(({ id }) => id === 'organize')?.options.renameByName as
    | Record<string, string>
    | undefined;
  return answers.flatMap((answer): Clicked[] => {
    if (answer.kind === 'series') return answer.series;
    if (answer.kind !== 'rows') return [];
    return answer.rows.map((row) => ({
      columns: Object.fromEntries(Object.entries(row).map(([name, value]) => [renamed?.[name] ?? name, value])),
    }));
  });
}

/** The link's URL for this click; undefined if one of its variables has no value. */
// Grafana: packages/grafana-data/src/field/fieldOverrides.ts, getLinksSupplier; @grafana/scenes,
// packages/scenes/src/variables/macros/dataMacros.ts
export function addressOf({ url }: Link, clicked: Clicked, values: Values, { from, to }: Range): string | undefined {
  const filled = fill(url, (name, path) => {
    switch (name) {
      case '__from':
        return String(Math.floor(from));
      case '__to':
        return String(Math.floor(to));
      case '__url_time_range':
        return `from=${Math.floor(from)}&to=${Math.floor(to)}`;
      case '__field':
        if (!('labels' in clicked)) return undefined;
        return encoded(path === 'displayName' ? clicked.name : clicked.labels[path?.replace(/^labels\./, '') ?? '']);
      case '__data':
        return 'columns' in clicked
          ? encoded(clicked.columns[/^fields\["(.*)"\]$/.exec(path ?? '')?.[1] ?? ''])
          : undefined;
      default:
        return values[name];
    }
  });
  return /\$\{/.test(filled) ? undefined : filled;
}

const encoded = (value: string | number | undefined) =>
  value === undefined || value === '' ? undefined : encodeURIComponent(value);

/** Follows a URL within Grafana, and looks for data there. */
export async function follow(address: string, backends: Backends, dashboards: Iterable<Dashboard>): Promise<End> {
  const { pathname, searchParams } = new URL(address, 'http://grafana');
  if (pathname.startsWith('/d/')) {
    const uid = pathname.slice('/d/'.length);
    const dashboard = [...dashboards].find((one) => one.uid === uid);
    if (dashboard === undefined) throw new Error(`${address} leads to no dashboard`);
    const panel = searchParams.get('viewPanel');
    if (panel !== null && !panelsOf(dashboard).some(({ id }) => String(id) === panel))
      throw new Error(`${address} leads to no panel`);
    const variables: Record<string, string> = {};
    for (const [name, value] of searchParams) {
      if (!name.startsWith('var-')) continue;
      variables[name.slice('var-'.length)] = value;
      if (!dashboard.templating.list.some((variable) => `var-${variable.name}` === name)) {
        throw new Error(`${dashboard.title} has no variable for ${name}`);
      }
    }
    return { to: 'dashboard', uid, variables };
  }
  const { datasource, targets, range } = paneOf(address);
  const [target] = targets;
  if (target!.datasource.uid !== datasource) throw new Error(`${address} names two data sources`);
  const found = amount(await askInExplore(backends, target!, range));
  return { to: 'explore', query: target!.expr ?? target!.query ?? target!.labelSelector!, found };
}
