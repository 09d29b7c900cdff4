import type { Settings } from '../alloy/graph.ts';
import { CannotTell, regex, type Sample, text, texts } from './sample.ts';

/** Prometheus' relabelling: the rules of a component, from top to bottom. */
export function relabel(sample: Sample, component: Settings, block = 'rule'): Sample {
  const result = { ...sample, labels: { ...sample.labels }, touched: { ...sample.touched } };
  for (const rule of component.blocks.filter(({ name }) => name === block)) {
    applyRule(result, rule);
    if (result.dropped) break;
  }
  return result;
}

function applyRule(sample: Sample, rule: Settings): void {
  const { labels, touched } = sample;
  const sources = texts(rule, 'source_labels');
  const joined = sources.map((name) => labels[name] ?? '').join(text(rule, 'separator', ';'));
  const pattern = regex(`^(?:${text(rule, 'regex', '(.*)')})$`, rule, 'regex', 's');
  const target = text(rule, 'target_label');
  const replacement = text(rule, 'replacement', '$1');
  const set = (name: string, value: string, place = rule.placeOf('target_label')) => {
    touched[name] = place;
    if (value === '') delete labels[name];
    else labels[name] = value;
  };
  switch (text(rule, 'action', 'replace')) {
    case 'replace': {
      const match = pattern.exec(joined);
      if (match) set(expand(target, match), expand(replacement, match), rule.at);
      else touched[target] ??= rule.placeOf('regex');
      return;
    }
    case 'keep':
      if (!pattern.test(joined)) sample.dropped = rule.placeOf('regex');
      return;
    case 'drop':
      if (pattern.test(joined)) sample.dropped = rule.placeOf('regex');
      return;
    case 'labeldrop':
    case 'labelkeep': {
      const drops = text(rule, 'action') === 'labeldrop';
      for (const name of Object.keys(labels)) if (pattern.test(name) === drops) set(name, '', rule.placeOf('regex'));
      return;
    }
    case 'labelmap':
      for (const [name, value] of Object.entries(labels)) {
        const match = pattern.exec(name);
        if (match) set(expand(replacement, match), value, rule.at);
      }
      return;
    case 'lowercase':
      return set(target, joined.toLowerCase());
    case 'uppercase':
      return set(target, joined.toUpperCase());
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

/** Labels with two underscores are for configuration: they end at the scrape. */
export function withoutHidden(labels: Sample['labels']): Sample['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith('__')));
}
