import { Panel } from '@mythical/ui/page/panel.tsx';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Outcome, query, rowsOf } from '../lib/api.ts';
import { usePolling } from '../lib/refresh.ts';
import { useRetainedState } from '../lib/retained-state.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { Problem } from '../parts/query-panel.tsx';
import { SqlEditor } from '../parts/sql-editor.tsx';
import { type ColumnRow, EXAMPLES, SCHEMA_QUERY } from '../queries/examples.ts';

/** Ad-hoc SQL: an editor, the tables' columns, and examples. */
export function SqlView() {
  const wanted = usePlace().route.params.q;
  const [text, setText] = useRetainedState('sql', '');
  const [outcome, setOutcome] = useRetainedState<Outcome | undefined>('sql outcome', undefined);
  const ran = useRef(text);

  const run = useCallback(
    async (next: string) => {
      if (next.trim() === '') return;
      ran.current = next;
      setText(next);
      const answer = await query(next);
      if (answer !== undefined && ran.current === next) setOutcome(answer);
    },
    [setText, setOutcome],
  );
  /** Puts the query into the address, so that it can be shared, and Back returns to the previous one. */
  const open = async (next: string) => {
    setParams({ q: next });
    await run(next);
  };

  useEffect(() => {
    if (wanted && wanted !== ran.current) void run(wanted);
    else if (ran.current === '') void run(EXAMPLES[0]!.query.text);
  }, [wanted, run]);

  return (
    <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,1fr)_22rem]">
      <Panel title="Query" testid="panel-sql" controls={<span className="status">DuckDB, times in UTC</span>}>
        <Problem message={outcome?.problem} />
        <SqlEditor label="SQL" text={text} run={open} result={outcome?.result} />
      </Panel>
      <aside className="grid gap-3">
        <Panel title="Examples">
          <ul>
            {EXAMPLES.map(({ title, query: example }) => (
              <li key={title}>
                <button type="button" className="link py-0.5" onClick={() => void open(example.text)}>
                  {title}
                </button>
              </li>
            ))}
          </ul>
        </Panel>
        <Schema />
      </aside>
    </div>
  );
}

function Schema() {
  const [columns, setColumns] = useState<ColumnRow[]>([]);
  usePolling(
    useCallback(async () => {
      if (columns.length > 0) return;
      const outcome = await query(SCHEMA_QUERY.text);
      if (outcome?.result) setColumns(rowsOf<ColumnRow>(outcome.result));
    }, [columns.length]),
  );
  return (
    <Panel title="Tables" testid="schema">
      {[...Map.groupBy(columns, ({ table_name }) => table_name)].map(([table, ofTable]) => (
        <details key={table} open>
          <summary className="font-mono text-xs">{table}</summary>
          <ul className="pl-4">
            {ofTable.map(({ column_name, data_type }) => (
              <li key={column_name}>
                <code>{column_name}</code> <small>{data_type.toLowerCase()}</small>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </Panel>
  );
}
