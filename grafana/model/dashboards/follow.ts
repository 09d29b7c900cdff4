import type { Backends } from '../correlations/backends.ts';
import { type Answer, amount } from './answers.ts';
import { ask } from './ask.ts';
import type { Range } from './range.ts';
import { type Dashboard, type Link, type Panel, panelsOf, type Target } from './read.ts';
import { fill, type Values } from './variables.ts';

/** What was clicked: a series of a graph, or a row of a table with its values by column title. */
export type Clicked = { name: string; labels: Record<string, string> } | { columns: Record<string, string | number> };

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
    if (answer.kind === 'series') return answer.series.map(({ name, labels }) => ({ name, labels }));
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
  if (pathname !== '/explore') throw new Error(`${address} leads neither to a dashboard nor to Explore`);
  const [pane] = Object.values(
    JSON.parse(searchParams.get('panes')!) as Record<
      string,
      { datasource: string; queries: Target[]; range: { from: string; to: string } }
    >,
  );
  const [target] = pane!.queries;
  if (target!.datasource.uid !== pane!.datasource) throw new Error(`${address} names two data sources`);
  const range = { from: Number(pane!.range.from), to: Number(pane!.range.to) };
  const answer = await ask(backends, WIDE, target!, {}, range);
  return { to: 'explore', query: target!.expr ?? target!.query ?? target!.labelSelector!, found: amount(answer) };
}

/** Explore is as wide as the screen. */
const WIDE: Panel = { id: 0, type: 'explore', title: 'Explore', gridPos: { x: 0, y: 0, w: 24, h: 10 } };
