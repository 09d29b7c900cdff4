import { h } from '../lib/dom.ts';
import { chip, fieldRow, options, selectField, textField } from '../lib/fields.ts';
import type { Route } from '../lib/route.ts';
import type { Page, View } from '../lib/view.ts';
import { type TraceFilter, tracesQuery } from '../queries/traces.ts';
import { createTraceTable } from './trace-table.ts';

/** Search for traces: what one of their spans must have, newest first. */
export function createTracesView(page: Page): View {
  const set = (name: string) => (value: string) => page.setParams({ [name]: value });
  const type = (name: string) => (value: string) => page.setParams({ [name]: value }, { replace: true });
  const service = selectField('Service', 'service', set('service'));
  const name = textField('Span name', 'name', type('name'));
  const endpoint = textField('Endpoint', 'endpoint', type('endpoint'), { placeholder: 'unicorn', width: '8rem' });
  const status = selectField('Status', 'status', set('status'));
  status.setOptions([
    { value: '', label: 'any' },
    { value: 'error', label: 'error' },
    { value: 'ok', label: 'ok' },
    { value: 'unset', label: 'unset' },
  ]);
  const minimum = textField('Min duration, ms', 'min', type('min'), { type: 'number', width: '7rem' });
  const text = textField('Text', 'text', type('text'), { placeholder: 'attribute, message or trace id' });
  const chips = h('span', { class: 'chips' });
  const table = createTraceTable({ title: 'Traces', id: 'traces' });

  let filter: TraceFilter = {};
  const ask = () => {
    service.setOptions(options(page.services(), 'any'));
    return table.show(tracesQuery(filter, page.range()));
  };

  return {
    element: h(
      'div',
      { class: 'view', 'data-testid': 'view-traces' },
      h('h1', { class: 'hidden-heading' }, 'Traces'),
      fieldRow(service.element, name.element, endpoint.element, status.element, minimum.element, text.element, chips),
      table.element,
    ),
    async open({ params }: Route) {
      const minMs = Number(params.min);
      filter = { ...params, minMs: params.min && Number.isFinite(minMs) ? minMs : undefined };
      service.set(params.service ?? '');
      name.set(params.name ?? '');
      endpoint.set(params.endpoint ?? '');
      status.set(params.status ?? '');
      minimum.set(params.min ?? '');
      text.set(params.text ?? '');
      chips.replaceChildren(
        ...(['method', 'version'] as const).flatMap((param) => {
          const value = params[param];
          return value ? [chip(param, value, () => page.setParams({ [param]: undefined }))] : [];
        }),
      );
      await ask();
    },
    refresh: ask,
  };
}
