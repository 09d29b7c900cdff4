import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  CustomVariableBuilder,
  QueryVariableBuilder,
  TextBoxVariableBuilder,
  VariableHide,
  type VariableModel,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { MIMIR } from '../queries/data-sources.ts';
import { SERIES, SERVER, SERVICE_NAMES } from '../queries/signals.ts';

export type Variable = Builder<VariableModel>;

const TAGS = ENDPOINT_TYPES.map((type) => vocabularyOf(type).tag);

/**
 * `$word`: the label that holds the kind: `beast`, or `endpoint` with `ENDPOINT_TYPE=BORING`. A query finds which of the two
 * the metrics have, so the same dashboards work for both. There is usually nothing to choose (except in the first few minutes
 * after a change, when both exist), so the variable is hidden in the controls menu.
 */
export function wordVariable(): Variable {
  return new QueryVariableBuilder('word')
    .label('Label for the kind')
    .description('The label that holds the kind: beast, or endpoint with ENDPOINT_TYPE=BORING')
    .datasource(MIMIR)
    .query(`label_names(${SERIES.requestCount})`)
    .regex(`/^(${TAGS.join('|')})$/`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .current({ text: TAGS[0]!, value: TAGS[0]! })
    .hide(VariableHide.InControlsMenu);
}

/** `$kind`: one kind such as unicorn, or all. Needs `$word`. */
export function kindVariable(): Variable {
  return labelVariable('kind', 'Kind', 'What a request is about; each kind is an endpoint of the API', {
    selector: SERIES.requestCount,
    of: '$word',
  });
}

/** `$service`: one of the application's services. */
export function serviceVariable(): Variable {
  return choiceVariable('service', 'Service', 'Whose data', SERVICE_NAMES, SERVER);
}

/** A variable with a fixed list of values, one of which is selected. */
export function choiceVariable(
  name: string,
  label: string,
  description: string,
  values: readonly string[],
  current: string,
): Variable {
  return new CustomVariableBuilder(name)
    .label(label)
    .description(description)
    .values(values.join(','))
    .options(values.map((value) => ({ text: value, value, selected: value === current })))
    .current({ text: current, value: current });
}

/** A variable whose values are those of a label in Mimir. */
export function labelVariable(
  name: string,
  label: string,
  description: string,
  { selector, of }: { selector: string; of: string },
): Variable {
  return new QueryVariableBuilder(name)
    .label(label)
    .description(description)
    .datasource(MIMIR)
    .query(`label_values(${selector}, ${of})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ text: ['All'], value: ['$__all'] });
}

/** Text that the user types or a link fills in. The dashboard opens with `initial`. */
export function textVariable(name: string, label: string, description: string, initial: string): Variable {
  return new TextBoxVariableBuilder(name)
    .label(label)
    .description(description)
    .defaultValue(initial)
    .current({ text: initial, value: initial });
}
