import type { Panel } from './read.ts';

type Override = NonNullable<Panel['fieldConfig']>['overrides'][number];

/** The properties that a panel sets only for the series with this name. */
const overridesOf = ({ fieldConfig }: Panel, name: string): Override['properties'] =>
  (fieldConfig?.overrides ?? [])
    .filter(({ matcher }) => matches(matcher, name))
    .flatMap(({ properties }) => properties);

/** The unit that Grafana shows: from an override, otherwise from the data source, otherwise from the panel. */
// Grafana: packages/grafana-data/src/field/fieldOverrides.ts, applyFieldOverrides
export const unitOf = (panel: Panel, { name, unit }: { name: string; unit?: string }): string | undefined =>
  (overridesOf(panel, name).find(({ id }) => id === 'unit')?.value as string | undefined) ??
  unit ??
  panel.fieldConfig?.defaults.unit;

/** A series is a field of numbers next to a field of times. */
// Grafana: packages/grafana-data/src/transformations/matchers; text/string.ts, stringToJsRegex: without slashes, all of it
function matches({ id, options }: Override['matcher'], name: string): boolean {
  switch (id) {
    case 'byName':
      return options === name;
    case 'byRegexp':
      return new RegExp(`^${options}$`).test(name);
    case 'byType':
      return options === 'number';
    default:
      throw new Error(`no such matcher: ${id}`);
  }
}
