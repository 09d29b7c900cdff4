import { usePlace } from '../lib/router.ts';
import { Chips, Fields, SelectField, ServiceField, TextField } from '../parts/fields.tsx';
import { TraceTable } from '../parts/trace-table.tsx';
import { tracesQuery } from '../queries/traces.ts';

/** Trace search: filters by a single span, newest first. */
export function TracesView() {
  const { route, range } = usePlace();
  const { params } = route;
  const minMs = Number(params.min);
  const filter = { ...params, minMs: params.min && Number.isFinite(minMs) ? minMs : undefined };
  return (
    <>
      <Fields>
        <ServiceField any="any" />
        <TextField label="Span name" name="name" />
        <TextField label="Endpoint" name="endpoint" placeholder="unicorn" />
        <SelectField label="Status" name="status" any="any" options={['error', 'ok', 'unset']} />
        <TextField label="Min duration, ms" name="min" type="number" />
        <TextField label="Text" name="text" placeholder="attribute or trace id" />
        <Chips names={['method', 'version']} />
      </Fields>
      <TraceTable title="Traces" id="traces" sql={tracesQuery(filter, range)} />
    </>
  );
}
