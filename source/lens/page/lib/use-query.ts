import { useCallback, useRef, useState } from 'react';
import { type Column, hasColumn, query, type Result, rowsOf } from './api.ts';
import { usePolling } from './refresh.ts';
import { useRetainedState } from './retained-state.ts';
import type { Sql } from './sql.ts';

/** A panel's query, generated or edited by the user, which is polled. */
export type Query<Row> = {
  id: string;
  /** The page's SQL. */
  generated: string;
  /** The user's SQL. */
  edited: string | undefined;
  edit(text: string | undefined): void;
  answer: Answer<Row> | undefined;
  /** None without an answer. */
  rows: Row[];
};

const NO_ROWS: never[] = [];

export type Answer<Row> = {
  /** The query that this answers. */
  asked: string;
  /** Keeps its identity while the rows are equal. */
  rows: Row[];
  result: Result | undefined;
  /** Why lens rejected the query. */
  problem: string | undefined;
  /** The columns that the panel needs: those of the generated query. */
  needed: Column[];
  /** Needed columns that an edited query doesn't return; the rows are those of an earlier result. */
  missing: Column[];
};

/** The last answers, so that a view has its data and height immediately when the user returns to it. */
const answers = new Map<string, Answer<never>>();
/** Those of all views and of about ten traces, which may be large. */
const MAX_ANSWERS = 40;

function retain<Row>(key: string, answer: Answer<Row>): void {
  answers.delete(key);
  answers.set(key, answer as Answer<never>);
  if (answers.size > MAX_ANSWERS) answers.delete(answers.keys().next().value!);
}

/** @param sql undefined while the query isn't known yet */
export function useQuery<Row>(id: string, sql: Sql | undefined): Query<Row> {
  // Per view or, for a trace, per trace.
  const [key] = useState(() => `${id} ${location.hash.replace(/\?.*/s, '')}`);
  const [edited, setEdited] = useRetainedState<string | undefined>(key, undefined);
  const generated = sql?.text ?? '';
  const asked = sql && (edited ?? generated);
  const [answer, setAnswer] = useState<Answer<Row> | undefined>(() => {
    const last = answers.get(key);
    return last?.asked === asked ? last : undefined;
  });
  const latest = useRef(answer);
  const turn = useRef(0);
  const isGenerated = edited === undefined;

  const ask = useCallback(async () => {
    if (asked === undefined) return;
    turn.current += 1;
    const mine = turn.current;
    const next = await answerTo<Row>(asked, isGenerated, latest.current);
    if (next === undefined || mine !== turn.current) return;
    latest.current = next;
    retain(key, next);
    setAnswer(next);
  }, [asked, isGenerated, key]);
  usePolling(ask);

  const edit = (text: string | undefined) => setEdited(text === generated ? undefined : text);
  return { id, generated, edited, edit, answer, rows: answer?.rows ?? NO_ROWS };
}

/** undefined if lens doesn't respond: a banner shows that, and the next round retries. */
async function answerTo<Row>(
  asked: string,
  isGenerated: boolean,
  before: Answer<Row> | undefined,
): Promise<Answer<Row> | undefined> {
  const outcome = await query(asked);
  if (outcome === undefined) return undefined;
  const { result, problem } = outcome;
  if (result === undefined) {
    const old = before ?? { rows: [], result: undefined, needed: [], missing: [] };
    return { ...old, asked, problem };
  }
  const needed = isGenerated || before === undefined ? result.columns : before.needed;
  const missing = needed.filter((column) => !hasColumn(result, column));
  const isSame = JSON.stringify(result.rows) === JSON.stringify(before?.result?.rows);
  const keepsRows = before !== undefined && (missing.length > 0 || (isSame && before.missing.length === 0));
  const rows = keepsRows ? before.rows : missing.length > 0 ? [] : rowsOf<Row>(result);
  return { asked, rows, result, problem, needed, missing };
}
