import { Panel } from '@mythical/ui/page/panel.tsx';
import type { ReactNode } from 'react';
import { refresh } from '../lib/refresh.ts';
import { useRetainedState } from '../lib/retained-state.ts';
import type { Query } from '../lib/use-query.ts';
import { SqlEditor } from './sql-editor.tsx';

type Props<Row> = {
  title: string;
  query: Query<Row>;
  controls?: ReactNode;
  /** Replaces the children if there are no rows. */
  empty?: ReactNode;
  children?: ReactNode;
};

/**
 * A panel for the result of one query, with the query itself: the SQL button opens it for editing. The panel draws an
 * edited query if it returns the needed columns.
 */
export function QueryPanel<Row>({ title, query, controls, empty, children }: Props<Row>) {
  const { id, generated, edited, edit, answer, rows } = query;
  const [isOpen, setOpen] = useRetainedState(`open ${id}`, false);
  const sqlButton = (
    <button
      type="button"
      className="small-button font-mono"
      aria-expanded={isOpen}
      aria-label={`SQL of ${title}`}
      onClick={() => setOpen(!isOpen)}
    >
      SQL
    </button>
  );
  return (
    <Panel
      title={title}
      className={edited === undefined ? '' : 'border-accent'}
      testid={`panel-${id}`}
      controls={
        <>
          <span className="status">{statusOf(query)}</span>
          {controls}
          {sqlButton}
        </>
      }
    >
      {isOpen && (
        <div className="mb-2 rounded-md border bg-back p-2">
          <SqlEditor
            label={`SQL of ${title}`}
            text={edited ?? generated}
            run={async (text) => {
              edit(text);
              await refresh();
            }}
            reset={() => edit(undefined)}
            result={answer?.result}
          />
        </div>
      )}
      <Problem message={answer?.problem} />
      {answer !== undefined && rows.length === 0 && empty !== undefined ? empty : children}
    </Panel>
  );
}

/** DuckDB's error message. */
export function Problem({ message }: { message: string | undefined }) {
  return (
    message !== undefined && (
      <p className="problem" role="alert">
        {message}
      </p>
    )
  );
}

function statusOf<Row>({ edited, answer }: Query<Row>): string {
  if (answer?.result === undefined) return '';
  if (answer.missing.length > 0) {
    return `not drawn: columns missing: ${answer.missing.map(({ name, type }) => `${name} ${type}`).join(', ')}`;
  }
  const { truncated, elapsedMs } = answer.result;
  return `${edited === undefined ? '' : 'edited query, '}${truncated ? 'truncated, ' : ''}${elapsedMs.toFixed(0)} ms`;
}
