import type { Settings } from '../alloy/graph.ts';
import { CannotTell, type Sample, text, texts } from './sample.ts';
import { amountOf } from './select.ts';

type Trace = NonNullable<Sample['trace']>;

/** The effect of `otelcol.processor.tail_sampling` on a trace. One that is kept only by chance counts as dropped. */
export function sampleTrace(sample: Sample, component: Settings): Sample {
  const { trace } = sample;
  if (!trace) return sample;
  const policies = component.blocks.filter(({ name }) => name === 'policy');
  const answers = policies.map((policy) => ({ policy, answer: keeps(policy, trace) }));
  const kept = answers.find(({ answer }) => answer === true);
  if (kept) return { ...sample, touched: { ...sample.touched, kept: kept.policy.placeOf('type') } };
  const open = answers.find(({ answer }) => answer === undefined);
  if (open) throw new CannotTell(`policy type ${text(open.policy, 'type')}`, open.policy.placeOf('type'));
  return { ...sample, dropped: component.at };
}

/** @returns undefined if only Alloy can tell */
function keeps(policy: Settings, { milliseconds, isError }: Trace): boolean | undefined {
  const type = text(policy, 'type');
  const settings = policy.blocks.find(({ name }) => name === type);
  const number = (name: string) => amountOf((settings && text(settings, name)) || 0) ?? 0;
  switch (type) {
    case 'always_sample':
      return true;
    case 'status_code':
      return settings !== undefined && texts(settings, 'status_codes').includes(isError ? 'ERROR' : 'UNSET');
    case 'latency': {
      const most = number('upper_threshold_ms');
      return milliseconds >= number('threshold_ms') && (most === 0 || milliseconds <= most);
    }
    case 'probabilistic':
      return number('sampling_percentage') >= 100;
    case 'string_attribute':
    case 'numeric_attribute':
    case 'boolean_attribute':
      // The trace has no attributes.
      return settings?.value('invert_match') === true ? undefined : false;
    default:
      return undefined;
  }
}
