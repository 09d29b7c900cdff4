import { formatDuration, formatRate } from '@mythical/ui/page/format.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { useQuery } from '../lib/use-query.ts';
import { NoRequests } from '../parts/empty.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { ServiceLabel } from '../parts/service.tsx';
import { ErrorCell, Table, TraceLinksCell, worstOf } from '../parts/table.tsx';
import { type EndpointRow, endpointsQuery, type RedFilter } from '../queries/red.ts';

const NUMERIC = ['Request rate', 'Error rate', 'p50', 'p95', 'p99', 'Traces'];

export function EndpointPanel({ filter }: { filter: RedFilter }) {
  const { range } = usePlace();
  const query = useQuery<EndpointRow>('endpoints', endpointsQuery(filter, range));
  const { rows } = query;
  return (
    <QueryPanel title="By endpoint" query={query} empty={<NoRequests />}>
      <div className="overflow-auto">
        <Table columns={['Service', 'Endpoint', ...NUMERIC]} numeric={NUMERIC}>
          <tbody>
            {rows.map((row) => (
              <Row
                key={JSON.stringify([row.service, row.endpoint, row.method])}
                row={row}
                worst={worstOf(rows)}
                filter={filter}
              />
            ))}
          </tbody>
        </Table>
      </div>
    </QueryPanel>
  );
}

function Row({ row, worst, filter }: { row: EndpointRow; worst: number; filter: RedFilter }) {
  const { service, endpoint, errors } = row;
  const method = row.method ?? undefined;
  const isPicked = filter.endpoint === endpoint && filter.method === method && filter.service === service;
  const where = { service, endpoint, method };
  return (
    <tr className={isPicked ? 'bg-accent-back' : undefined}>
      <td>
        <ServiceLabel service={service} />
      </td>
      <td>
        <button
          type="button"
          className="quiet min-h-7 px-1.5 text-ink"
          aria-pressed={isPicked}
          title="Filter this view by this endpoint"
          onClick={() => setParams(isPicked ? { endpoint: undefined, method: undefined } : where)}
        >
          {method && <small className="min-w-13 text-left font-mono">{method}</small>} {endpoint}
        </button>
      </td>
      <td className="number">{formatRate(row.rate)}</td>
      <ErrorCell share={errors} worst={worst} />
      {[row.p50, row.p95, row.p99].map((ms, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: always these three
        <td key={index} className="number">
          {formatDuration(ms)}
        </td>
      ))}
      <TraceLinksCell where={where} count={row.requests} hasErrors={errors > 0} />
    </tr>
  );
}
