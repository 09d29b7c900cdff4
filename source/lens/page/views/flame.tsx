import { formatCount, formatExact, formatPercent, formatValue } from '@mythical/ui/page/format.ts';
import { useStore } from '@mythical/ui/page/store.ts';
import { useMemo } from 'react';
import { useRetainedState } from '../lib/retained-state.ts';
import { formatRoute } from '../lib/route.ts';
import { setParams, usePlace } from '../lib/router.ts';
import { mergeStacks, type Stack, topFunctions, UNZOOMED } from '../lib/stacks.ts';
import { services } from '../lib/summary.ts';
import { rangeToParams } from '../lib/time.ts';
import { useQuery } from '../lib/use-query.ts';
import { Empty } from '../parts/empty.tsx';
import { Chips, Fields, SelectField, TextField } from '../parts/fields.tsx';
import { FlameGraph } from '../parts/flame-graph.tsx';
import { QueryPanel } from '../parts/query-panel.tsx';
import { ServiceLabel, vars } from '../parts/service.tsx';
import { Table } from '../parts/table.tsx';
import {
  isSnapshot,
  type ProfileChoiceRow,
  type ProfileFilter,
  profileChoicesQuery,
  type StackRow,
  stacksQuery,
  unitOf,
} from '../queries/profiles.ts';

/** The service that handles requests is the most interesting one. */
const DEFAULT_SERVICE = 'mythical-server';
const DEFAULT_TYPES = ['cpu', 'wall', 'heap'];

const TYPE_LABELS = {
  cpu: 'CPU time',
  wall: 'wall time',
  heap: 'heap, bytes in use',
  heap_objects: 'heap, objects in use',
};

/** The number of functions in the table. */
const TOP_FUNCTIONS = 50;

/** Flame graphs: where a service spends its time or holds its memory. */
export function FlameView() {
  const { route, range } = usePlace();
  const { params } = route;
  const choicesQuery = useQuery<ProfileChoiceRow>('profile-choices', profileChoicesQuery(range));
  const choices = choicesQuery.rows;
  const chosen = choose(params, choices);
  const stacks = useQuery<StackRow>('flame', choicesQuery.answer && stacksQuery(chosen, range));
  const types = choices.filter(({ service }) => service === chosen.service).map(({ type }) => type);
  const known = [...new Set([...choices.map(({ service }) => service), ...useStore(services)])].sort();
  return (
    <>
      <Fields>
        <SelectField
          label="Service"
          name="service"
          value={chosen.service}
          options={known}
          also={{ type: undefined, span: undefined }}
        />
        <SelectField label="Type" name="type" value={chosen.type} options={types} labels={TYPE_LABELS} />
        <TextField label="Search" name="search" placeholder="part of a function name" />
        <label className="check min-h-9">
          <input
            type="checkbox"
            data-testid="field-idle"
            checked={chosen.idle === true}
            onChange={({ target }) => setParams({ idle: target.checked ? 'shown' : undefined })}
          />
          Include idle time
        </label>
        <Chips names={['span']} />
        <a
          href={formatRoute('traces', { service: chosen.service, ...rangeToParams(range) })}
          data-testid="profile-traces"
          className="leading-9"
        >
          Traces in this time range
        </a>
      </Fields>
      <FlamePanel query={stacks} chosen={chosen} search={params.search ?? ''} />
      <ChoicesPanel query={choicesQuery} />
    </>
  );
}

/** The selection in the address, with defaults. */
function choose(params: Readonly<Record<string, string>>, choices: readonly ProfileChoiceRow[]): ProfileFilter {
  const hasDefault = choices.length === 0 || choices.some(({ service }) => service === DEFAULT_SERVICE);
  const service = params.service || (hasDefault ? DEFAULT_SERVICE : choices[0]!.service);
  const types = choices.filter((choice) => choice.service === service).map(({ type }) => type);
  const type = params.type || DEFAULT_TYPES.find((known) => types.includes(known)) || types[0] || DEFAULT_TYPES[0]!;
  return { service, type, spanId: params.span, idle: params.idle === 'shown' };
}

type FlamePanelProps = { query: ReturnType<typeof useQuery<StackRow>>; chosen: ProfileFilter; search: string };

function FlamePanel({ query, chosen, search }: FlamePanelProps) {
  const { rows } = query;
  const name = `${chosen.service} ${chosen.type}`;
  const [zoomed, setZoomed] = useRetainedState<string[]>('flame zoom', UNZOOMED);
  const { tree, stacks } = useMemo(() => {
    const all = rows.map(({ stack, value }): Stack => ({ frames: stack, value }));
    return { tree: mergeStacks(all, name), stacks: all };
  }, [rows, name]);
  const unit = unitOf({ type: chosen.type, unit: rows[0]?.unit ?? '' });
  const controls = (
    <>
      <span className="status">{isSnapshot(chosen.type) ? 'latest profile in time range' : 'sum over time range'}</span>
      <button type="button" className="small-button" onClick={() => setZoomed(UNZOOMED)}>
        Reset zoom
      </button>
    </>
  );
  const empty = (
    <Empty what="No samples in this time range">
      Profiles arrive every 15 s. Choose another time range or profile type.
    </Empty>
  );
  return (
    <QueryPanel title="Flame graph" query={query} controls={controls} empty={empty}>
      {rows.length > 0 && (
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(20rem,30%)]">
          <FlameGraph tree={tree} unit={unit} search={search} zoomed={zoomed} setZoomed={setZoomed} />
          <TopFunctions stacks={stacks} unit={unit} total={tree.value} />
        </div>
      )}
    </QueryPanel>
  );
}

function TopFunctions({ stacks, unit, total }: { stacks: readonly Stack[]; unit: string; total: number }) {
  const functions = useMemo(() => topFunctions(stacks).slice(0, TOP_FUNCTIONS), [stacks]);
  const most = Math.max(1, ...functions.map(({ self }) => self));
  return (
    <div className="sticky top-2 max-h-[calc(100vh-1rem)] overflow-auto">
      <Table
        className="table-fixed [&_td]:align-top [&_td]:wrap-anywhere [&_th:nth-child(n+2)]:w-24"
        columns={['Function', 'Self', 'Total']}
        numeric={['Self', 'Total']}
      >
        <tbody data-testid="top-functions">
          {functions.map(({ name, self, total: all }) => (
            <tr key={name}>
              <td>
                <button
                  type="button"
                  className="link font-mono text-xs"
                  title={`Find ${name} in the flame graph`}
                  onClick={() => setParams({ search: name }, { replace: true })}
                >
                  {name}
                </button>
              </td>
              <td className="number share" title={formatExact(self, unit)} style={vars({ '--share': self / most })}>
                {formatValue(self, unit)}
              </td>
              <td className="number" title={formatExact(all, unit)}>
                {formatValue(all, unit)} <small className="block">{formatPercent(total > 0 ? all / total : 0)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </Table>
    </div>
  );
}

/** The available profiles. */
function ChoicesPanel({ query }: { query: ReturnType<typeof useQuery<ProfileChoiceRow>> }) {
  const { range } = usePlace();
  const empty = (
    <Empty what="No profiles in this time range">
      Services push one every 15 s while they are running: <code>npm start</code>.
    </Empty>
  );
  return (
    <QueryPanel title="Profiles in this time range" query={query} empty={empty}>
      <ul>
        {[...Map.groupBy(query.rows, ({ service }) => service)].map(([service, types]) => (
          <li key={service} className="row">
            <ServiceLabel service={service} />
            {types.map(({ type, profiles }) => (
              <a key={type} href={formatRoute('flame', { service, type, ...rangeToParams(range) })}>
                {type} {formatCount(profiles)}
              </a>
            ))}
          </li>
        ))}
      </ul>
    </QueryPanel>
  );
}
