import { QueryError, query, type Result, rowsOf, Unreachable } from './api.ts';
import { type Child, h, setText } from './dom.ts';
import type { Sql } from './sql.ts';
import { createSqlEditor } from './sql-editor.ts';

/**
 * A part of a view that shows the answer to one query, and the query itself: the SQL button opens it for reading and
 * changing. As long as a changed query answers with the columns that the panel draws, the panel draws it.
 */
export type Panel = {
  element: HTMLElement;
  /** Asks and draws: this query, or the user's own until they reset it. Says itself what is wrong with a query. */
  show(query: Sql): Promise<void>;
};

export type PanelOptions<Row> = {
  title: string;
  /** Names the panel for tests: `data-testid="panel-<id>"`. */
  id: string;
  body: HTMLElement;
  /** The columns that `draw` reads. */
  columns: readonly (keyof Row & string)[];
  draw: (rows: Row[], result: Result) => void;
  /** What to say when there are no rows. */
  empty?: () => Child;
  /** Takes little room: it is there for its query more than for what it shows. */
  slim?: boolean;
  /** Stands in the panel's head, beside the SQL button. */
  controls?: Child[];
};

export function createPanel<Row>({
  title,
  id,
  body,
  columns,
  draw,
  empty,
  controls = [],
  slim = false,
}: PanelOptions<Row>): Panel {
  let generated = '';
  let edited: string | undefined;
  let turn = 0;

  const status = h('span', { class: 'panel-status' });
  const problem = h('p', { class: 'problem', role: 'alert', hidden: true });
  const nothing = h('div', { class: 'empty', hidden: true });
  const editor = createSqlEditor({
    label: `SQL of the panel ${title}`,
    onRun: async (text) => {
      edited = text === generated ? undefined : text;
      await ask();
    },
    onReset: async () => {
      edited = undefined;
      editor.setText(generated);
      await ask();
    },
  });
  const drawer = h('div', { class: 'drawer', hidden: true, id: `sql-${id}` }, editor.element);
  const button = h(
    'button',
    {
      type: 'button',
      class: 'sql-button',
      'aria-expanded': 'false',
      'aria-controls': drawer.id,
      'aria-label': `SQL of ${title}`,
      onclick: () => {
        drawer.hidden = !drawer.hidden;
        button.setAttribute('aria-expanded', String(!drawer.hidden));
        if (!drawer.hidden) void ask();
      },
    },
    'SQL',
  );
  const element = h(
    'section',
    { class: slim ? 'panel slim' : 'panel', 'aria-label': title, 'data-testid': `panel-${id}` },
    h('header', { class: 'panel-head' }, h('h2', {}, title), status, ...controls, button),
    drawer,
    problem,
    h('div', { class: 'panel-body' }, body, nothing),
  );

  async function ask(): Promise<void> {
    const text = edited ?? generated;
    if (text === '') return;
    turn += 1;
    const mine = turn;
    try {
      const result = await query(text);
      if (mine === turn) answer(result);
    } catch (error) {
      // The page as a whole says so, and asks again by itself.
      if (error instanceof Unreachable) return;
      if (!(error instanceof QueryError)) throw error;
      if (mine === turn) {
        problem.hidden = false;
        setText(problem, error.message);
      }
    }
  }

  function answer(result: Result): void {
    problem.hidden = true;
    if (!drawer.hidden) editor.showResult(result);
    const missing = columns.filter((name) => !result.columns.some((column) => column.name === name));
    element.classList.toggle('edited', edited !== undefined);
    if (missing.length > 0) {
      setText(status, `not drawn: the panel needs a column ${missing.map((name) => `"${name}"`).join(', ')}`);
      return;
    }
    setText(status, `${edited === undefined ? '' : 'your query, '}${result.elapsedMs.toFixed(0)} ms`);
    const rows = rowsOf<Row>(result);
    const isEmpty = rows.length === 0 && empty !== undefined;
    if (isEmpty)
      nothing.replaceChildren(...[empty()].filter((child) => child instanceof Node || typeof child === 'string'));
    nothing.hidden = !isEmpty;
    body.classList.toggle('vacant', isEmpty);
    draw(rows, result);
  }

  return {
    element,
    async show(next) {
      if (next.text !== generated) {
        generated = next.text;
        if (edited === undefined) editor.setText(generated);
      }
      await ask();
    },
  };
}
