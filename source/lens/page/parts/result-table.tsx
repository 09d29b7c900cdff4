import { formatAny } from '@mythical/ui/page/format.ts';
import { memo } from 'react';
import { isNumeric, type Result } from '../lib/api.ts';
import { formatRoute } from '../lib/route.ts';

/** The number of rendered rows; more would slow the page down. */
const SHOWN = 500;

const CELL = 'max-w-115 truncate font-mono text-xs has-[pre]:max-w-none';

/** Any query result. */
export const ResultTable = memo(({ result }: { result: Result }) => {
  const { columns, rows, truncated, elapsedMs } = result;
  const classes = columns.map(({ type }) => (isNumeric(type) ? 'number' : undefined));
  const count = `${rows.length.toLocaleString('en')} ${rows.length === 1 ? 'row' : 'rows'}`;
  return (
    <div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: scrollable regions must be reachable by keyboard */}
      <section className="max-h-[60vh] overflow-auto rounded-md border bg-panel" tabIndex={0} aria-label="Query result">
        <table data-testid="result">
          <thead className="sticky top-0 bg-raised">
            <tr>
              {columns.map(({ name, type }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: column names may repeat
                <th key={index} scope="col" className={classes[index]}>
                  {name}
                  <small className="block font-mono">{type.toLowerCase()}</small>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN).map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other key
              <tr key={at}>
                {row.map((value, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <td key={index} className={`${CELL} ${classes[index] ?? ''}`}>
                    <Cell column={columns[index]?.name ?? ''} value={value} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p className="hint">
        {count}
        {truncated && ', truncated by lens'}
        {rows.length > SHOWN && `, showing the first ${SHOWN}`}, {elapsedMs.toFixed(1)} ms
      </p>
    </div>
  );
});

function Cell({ column, value }: { column: string; value: unknown }) {
  if (value === null) return <i className="hint">NULL</i>;
  const text = formatAny(value);
  if (/trace/.test(column) && /^[0-9a-f]{32}$/.test(text)) return <a href={formatRoute('trace', {}, text)}>{text}</a>;
  return text.includes('\n') ? <pre className="whitespace-pre">{text}</pre> : text;
}
