import { QueryError, query, rowsOf, Unreachable } from '../lib/api.ts';
import { h, setText } from '../lib/dom.ts';
import type { Route } from '../lib/route.ts';
import { createSqlEditor } from '../lib/sql-editor.ts';
import type { Page, View } from '../lib/view.ts';
import { type ColumnRow, EXAMPLES, SCHEMA_QUERY } from '../queries/examples.ts';

/** Any question: an editor with the tables beside it, and queries to learn from. */
export function createSqlView(page: Page): View {
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const editor = createSqlEditor({ label: 'SQL', onRun: run });
  const schema = h('div', { class: 'schema', 'data-testid': 'schema' });
  let hasSchema = false;
  let ran = '';

  async function run(text: string): Promise<void> {
    if (text.trim() === '') return;
    ran = text;
    page.setParams({ q: text });
    try {
      const result = await query(text);
      if (ran !== text) return;
      problem.hidden = true;
      editor.showResult(result);
    } catch (error) {
      if (error instanceof Unreachable) return;
      if (!(error instanceof QueryError)) throw error;
      editor.showResult(undefined);
      problem.hidden = false;
      setText(problem, error.message);
    }
  }

  async function showSchema(): Promise<void> {
    if (hasSchema) return;
    let rows: ColumnRow[];
    try {
      rows = rowsOf<ColumnRow>(await query(SCHEMA_QUERY.text));
    } catch (error) {
      // The page says that lens doesn't answer, and asks again.
      if (error instanceof Unreachable) return;
      throw error;
    }
    hasSchema = rows.length > 0;
    schema.replaceChildren(
      ...[...Map.groupBy(rows, ({ table_name }) => table_name)].map(([table, columns]) =>
        h(
          'details',
          { open: true },
          h('summary', {}, h('code', {}, table)),
          h(
            'ul',
            {},
            ...columns.map(({ column_name, data_type }) =>
              h('li', {}, h('code', {}, column_name), ' ', h('small', {}, data_type.toLowerCase())),
            ),
          ),
        ),
      ),
    );
  }

  const examples = h(
    'ul',
    { class: 'examples' },
    ...EXAMPLES.map(({ title, query: { text } }) =>
      h(
        'li',
        {},
        h(
          'button',
          {
            type: 'button',
            class: 'link',
            onclick: () => {
              editor.setText(text);
              void run(text);
            },
          },
          title,
        ),
      ),
    ),
  );

  return {
    element: h(
      'div',
      { class: 'view sql-view', 'data-testid': 'view-sql' },
      h('h1', { class: 'hidden-heading' }, 'SQL'),
      h(
        'section',
        { class: 'panel main-panel', 'aria-label': 'Query', 'data-testid': 'panel-sql' },
        h(
          'header',
          { class: 'panel-head' },
          h('h2', {}, 'Query'),
          h('span', { class: 'panel-status' }, 'DuckDB, times in UTC'),
        ),
        problem,
        editor.element,
      ),
      h(
        'aside',
        { class: 'panel', 'aria-label': 'Examples and tables' },
        h('header', { class: 'panel-head' }, h('h2', {}, 'Examples')),
        examples,
        h('header', { class: 'panel-head' }, h('h2', {}, 'Tables')),
        schema,
      ),
    ),
    async open({ params }: Route) {
      void showSchema();
      const wanted = params.q ?? '';
      if (wanted !== '' && wanted !== ran) {
        editor.setText(wanted);
        await run(wanted);
      } else if (editor.text() === '') {
        editor.setText(EXAMPLES[0]!.query.text);
        await run(EXAMPLES[0]!.query.text);
      }
    },
    // A query of the user's own runs when they say so; only what could not be had yet is asked for again.
    refresh: showSchema,
  };
}
