import type { Place, Settings } from '../alloy/graph.ts';
import { CannotTell, type Sample, text, texts, wholeRegex } from './sample.ts';

/** Prometheus relabeling: a component's rules, applied from top to bottom. */
export function relabel(sample: Sample, component: Settings, block = 'rule'): Sample {
  const result: Sample = {
    ...sample,
    labels: { ...sample.labels },
    touched: { ...sample.touched },
    named: { ...sample.named },
  };
  for (const rule of component.blocks.filter(({ name }) => name === block)) {
    applyRule(result, rule);
    if (result.dropped) break;
  }
  return result;
}

function applyRule(sample: Sample, rule: Settings): void {
  const { labels, touched } = sample;
  const joined = texts(rule, 'source_labels').map((name) => labels[name] ?? '');
  const value = joined.join(text(rule, 'separator', ';'));
  const pattern = wholeRegex(text(rule, 'regex', '(.*)'), rule, 'regex', 's');
  const target = text(rule, 'target_label');
  const replacement = text(rule, 'replacement', '$1');
  // For a rule that had no effect: its source labels if they are empty, otherwise its regex.
  const idle = rule.placeOf(joined.every((part) => part === '') ? 'source_labels' : 'regex');
  const set = (name: string, value: string, place: Place) => {
    touched[name] = place;
    sample.named[name] = rule.placeOf('target_label');
    if (value === '') delete labels[name];
    else labels[name] = value;
  };
  switch (text(rule, 'action', 'replace')) {
    case 'replace': {
      const match = pattern.exec(value);
      const result = match ? expand(replacement, match) : '';
      const place = rule.placeOf(rule.value('replacement') === undefined ? 'source_labels' : 'replacement');
      if (match) set(expand(target, match), result, result === '' ? idle : place);
      else touched[target] ??= idle;
      return;
    }
    case 'keep':
    case 'drop':
      if (pattern.test(value) === (text(rule, 'action') === 'drop')) sample.dropped = idle;
      else touched.kept = idle;
      return;
    case 'keepequal':
    case 'dropequal':
      if ((value === (labels[target] ?? '')) === (text(rule, 'action') === 'dropequal')) sample.dropped = idle;
      return;
    case 'labeldrop':
    case 'labelkeep': {
      const drops = text(rule, 'action') === 'labeldrop';
      for (const name of Object.keys(labels)) {
        if (pattern.test(name) === drops) set(name, '', rule.placeOf('regex'));
        else touched[`left ${name}`] = rule.placeOf('regex');
      }
      return;
    }
    case 'labelmap':
      for (const [name, value] of Object.entries(labels)) {
        const match = pattern.exec(name);
        if (match) set(expand(replacement, match), value, rule.at);
      }
      return;
    case 'lowercase':
      set(target, value.toLowerCase(), rule.at);
      return;
    case 'uppercase':
      set(target, value.toUpperCase(), rule.at);
      return;
    default:
      throw new CannotTell('action', rule.placeOf('action'));
  }
}

/** `$1`, `${1}` and `${name}` in a replacement. */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\w+)|\{(\w+)\})/g, (_, short, long) => {
    const name = short ?? long;
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}

/** Labels with two underscores are for configuration: they don't outlive the scrape. */
export function withoutHidden(labels: Sample['labels']): Sample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__')));
}
