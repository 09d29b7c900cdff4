import { useCallback, useRef, useState } from 'react';
import { QueryError, query, type Result, rowsOf, Unreachable } from './api.ts';
import { useKept } from './kept.ts';
import { useAsking } from './refresh.ts';
import type { Sql } from './sql.ts';

/** A query that a panel shows, asked again in each round of refreshing, or the user's edited version of it. */
export type Query<Row> = {
  id: string;
  /** As the page wrote it. */
  generated: string;
  /** As the user changed it. */
  edited: string | undefined;
  edit(text: string | undefined): void;
  answer: Answer<Row> | undefined;
};

export type Answer<Row> = {
  /** The query that was answered. */
  asked: string;
  /** The same array as long as the rows are equal. */
  rows: Row[];
  result: Result | undefined;
  /** Why lens refused the query. */
  problem: string | undefined;
  /** The columns that the panel draws from: those of the generated query. */
  needed: string[];
  /** Needed columns that the result of an edited query doesn't have: the rows are still those of an earlier result. */
  missing: string[];
};

/** The last answers, so that a view is complete at once, and as high as it was, when the user comes back to it. */
const answers = new Map<string, Answer<never>>();

/** @param sql undefined if it isn't known yet what to ask */
export function useQuery<Row>(id: string, sql: Sql | undefined): Query<Row> {
  // Of this view or, for a trace, of this trace.
  const [key] = useState(() => `${id} ${location.hash.replace(/\?.*/s, '')}`);
  const [edited, setEdited] = useKept<string | undefined>(key, undefined);
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
    answers.set(key, next as Answer<never>);
    setAnswer(next);
  }, [asked, isGenerated, key]);
  useAsking(ask);

  return { id, generated, edited, edit: (text) => setEdited(text === generated ? undefined : text), answer };
}

/** undefined if lens doesn't respond: a banner shows that, and the next round asks again. */
async function answerTo<Row>(
  asked: string,
  isGenerated: boolean,
  before: Answer<Row> | undefined,
): Promise<Answer<Row> | undefined> {
  try {
    const result = await query(asked);
    const names = result.columns.map(({ name }) => name);
    const needed = isGenerated || before === undefined ? names : before.needed;
    const missing = needed.filter((name) => !names.includes(name));
    const isSame = JSON.stringify(result.rows) === JSON.stringify(before?.result?.rows);
    const keepsRows = before !== undefined && (missing.length > 0 || (isSame && before.missing.length === 0));
    const rows = keepsRows ? before.rows : missing.length > 0 ? [] : rowsOf<Row>(result);
    return { asked, rows, result, problem: undefined, needed, missing };
  } catch (error) {
    if (error instanceof Unreachable) return undefined;
    if (!(error instanceof QueryError)) throw error;
    const old = before ?? { rows: [], result: undefined, needed: [], missing: [] };
    return { ...old, asked, problem: error.message };
  }
}
