import { formatCount, formatPercent } from '@mythical/ui/page/format.ts';
import type { ReactNode } from 'react';
import { formatRoute } from '../lib/route.ts';
import { usePlace } from '../lib/router.ts';
import { rangeToParams } from '../lib/time.ts';
import { vars } from './service.tsx';

/** A table with right-aligned `numeric` columns. */
export function Table({
  columns,
  numeric,
  className,
  children,
}: {
  columns: readonly string[];
  numeric: readonly string[];
  className?: string;
  children: ReactNode;
}) {
  return (
    <table className={`data-table ${className ?? ''}`}>
      <thead>
        <tr>
          {columns.map((name) => (
            <th key={name} scope="col" className={numeric.includes(name) ? 'number' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      {children}
    </table>
  );
}

/** An error rate with a bar relative to the table's highest. */
export function ErrorCell({ share, worst }: { share: number; worst: number }) {
  return (
    <td
      className="number share"
      style={vars({ '--share': worst > 0 ? share / worst : 0, '--share-colour': 'var(--color-bad-back)' })}
    >
      {formatPercent(share)}
    </td>
  );
}

/** Links to a row's traces, and to those with errors. */
export function TraceLinksCell({
  where,
  count,
  hasErrors,
}: {
  where: Record<string, string | undefined>;
  count: number;
  hasErrors: boolean;
}) {
  const params = { ...where, ...rangeToParams(usePlace().range) };
  return (
    <td className="number">
      <a href={formatRoute('traces', params)}>{formatCount(count)}</a>
      {hasErrors && (
        <a className="ml-2 text-bad" href={formatRoute('traces', { ...params, status: 'error' })}>
          errors
        </a>
      )}
    </td>
  );
}

export function worstOf(rows: readonly { errors: number }[]): number {
  return Math.max(0, ...rows.map(({ errors }) => errors));
}
