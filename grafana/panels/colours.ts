import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import type { Query } from '../queries/queries.ts';
import { FRONTEND, RECORDER, REQUESTER, SERVER } from '../queries/signals.ts';

/**
 * Colours for names that appear on many graphs, so that each keeps its colour everywhere. Within a group, no two look
 * alike in the dark or the light theme; everything else uses Grafana's classic palette in series order.
 */
const KIND_COLOURS = ['purple', 'orange', 'blue', 'yellow', 'green'] as const;

const KINDS = Object.fromEntries(
  ENDPOINT_TYPES.flatMap((type) => vocabularyOf(type).kinds.map(({ name }, index) => [name, KIND_COLOURS[index]!])),
);

export const COLOURS = {
  // none: requests about no kind.
  kinds: { ...KINDS, none: '#808080' },
  endpoints: Object.fromEntries(Object.entries(KINDS).map(([name, colour]) => [`/${name}`, colour])),
  versions: { '1.9.2': 'blue', '2.0.0': 'orange' },
  services: {
    [REQUESTER]: 'blue',
    [SERVER]: 'green',
    [RECORDER]: 'purple',
    [FRONTEND]: 'orange',
    'mythical-database': 'yellow',
    'mythical-queue': 'light-orange',
    alloy: 'semi-dark-orange',
    'otel-collector': 'semi-dark-orange',
    mimir: 'light-yellow',
    loki: 'light-blue',
    tempo: 'light-green',
    pyroscope: 'light-purple',
    grafana: 'light-red',
    k6: 'dark-purple',
  },
} as const satisfies Record<string, Record<string, string>>;

/** The label shown in a legend, and the group that its values belong to. */
const GROUP_OF_LABEL: Record<string, keyof typeof COLOURS> = {
  $word: 'kinds',
  beast: 'kinds',
  http_target: 'endpoints',
  service_version: 'versions',
  service_name: 'services',
  service: 'services',
  job: 'services',
  'span.service.version': 'versions',
  'resource.service.name': 'services',
};

/** Fixed colours, by series name, for queries whose series are named by one label with known values. */
export function coloursOf(queries: Query[]): Record<string, string> {
  const colours: Record<string, string> = {};
  for (const query of queries) {
    const { legendFormat = '', query: traceql = '' } = query.build() as { legendFormat?: string; query?: string };
    const label = (/^\{\{([^{}]+)\}\}$/.exec(legendFormat) ?? /\| rate\(\) by \(([^()]+)\)$/.exec(traceql))?.[1];
    const group = label === undefined ? undefined : GROUP_OF_LABEL[label];
    if (group !== undefined) Object.assign(colours, COLOURS[group]);
  }
  return colours;
}
