import type { Result } from './api.ts';
import { h } from './dom.ts';
import { formatAny } from './format.ts';
import { formatRoute } from './route.ts';

/** How many rows are drawn: more only make the page slow, as nobody reads them. */
const SHOWN = 500;

/** The result of a query as it is, whatever its columns. */
export function resultTable(result: Result): HTMLElement {
  const numeric = result.columns.map(({ type }) => /INT|DOUBLE|FLOAT|DECIMAL/.test(type) && !type.endsWith('[]'));
  const shown = result.rows.slice(0, SHOWN);
  return h(
    'div',
    { class: 'result' },
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Query result' },
      h(
        'table',
        { 'data-testid': 'result' },
        h(
          'thead',
          {},
          h(
            'tr',
            {},
            ...result.columns.map(({ name, type }, index) =>
              h(
                'th',
                { scope: 'col', class: numeric[index] && 'number' },
                name,
                h('small', { class: 'column-type' }, type.toLowerCase()),
              ),
            ),
          ),
        ),
        h(
          'tbody',
          {},
          ...shown.map((row) =>
            h(
              'tr',
              {},
              ...row.map((value, index) =>
                h('td', { class: numeric[index] && 'number' }, cell(result.columns[index]?.name ?? '', value)),
              ),
            ),
          ),
        ),
      ),
    ),
    h('p', { class: 'note' }, describe(result, shown.length)),
  );
}

function cell(column: string, value: unknown): Node | string {
  if (value === null) return h('span', { class: 'null' }, 'NULL');
  const text = formatAny(value);
  if (/trace/.test(column) && /^[0-9a-f]{32}$/.test(text)) {
    return h('a', { href: formatRoute('trace', {}, text), class: 'mono' }, text);
  }
  return text.includes('\n') ? h('pre', {}, text) : text;
}

function describe({ rows, truncated, elapsedMs }: Result, shown: number): string {
  const count = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`;
  const cut = truncated ? ', cut off there by lens' : '';
  const first = shown < rows.length ? `, the first ${shown} shown` : '';
  return `${count}${cut}${first}, ${elapsedMs.toFixed(1)} ms`;
}
