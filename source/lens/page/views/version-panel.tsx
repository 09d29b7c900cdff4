import { formatDuration } from '@mythical/ui/page/format.ts';
import { usePlace } from '../lib/router.ts';
import { useQuery } from '../lib/use-query.ts';
import { Empty } from '../parts/empty.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { ServiceLabel } from '../parts/service.tsx';
import { ErrorCell, Table, TraceLinksCell, worstOf } from '../parts/table.tsx';
import { type RedFilter, type VersionRow, versionsQuery } from '../queries/red.ts';

const NUMERIC = ['Error rate', 'p95', 'Traces'];

export function VersionPanel({ filter }: { filter: RedFilter }) {
  const { range } = usePlace();
  const query = useQuery<VersionRow>('versions', versionsQuery(filter, range));
  const { rows } = query;
  const empty = (
    <Empty what="No span has a service.version yet">The server adds one to the spans of its requests.</Empty>
  );
  return (
    <QueryPanel title="By version" query={query} empty={empty}>
      <div className="overflow-auto">
        <Table columns={['Service', 'Version', ...NUMERIC]} numeric={NUMERIC}>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.service} ${row.version}`}>
                <td>
                  <ServiceLabel service={row.service} />
                </td>
                <td>
                  <span className="font-mono text-xs">{row.version}</span>{' '}
                  {isCulprit(row, rows) && <span className="tag bad">more errors</span>}
                </td>
                <ErrorCell share={row.errors} worst={worstOf(rows)} />
                <td className="number">{formatDuration(row.p95)}</td>
                <TraceLinksCell
                  where={{ service: row.service, version: row.version }}
                  count={row.traces}
                  hasErrors={row.errors > 0}
                />
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </QueryPanel>
  );
}

/** Clearly more errors than the best version of the service, with enough traces to be significant. */
function isCulprit({ service, traces, errors }: VersionRow, rows: readonly VersionRow[]): boolean {
  const best = Math.min(...rows.filter((row) => row.service === service).map((row) => row.errors));
  return traces >= 20 && errors > Math.max(0.01, best * 2);
}
