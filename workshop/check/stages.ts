import type { Place, Settings } from '../alloy/graph.ts';
import { closest } from '../alloy/names.ts';
import { parseGoTime } from './go-time.ts';
import { CannotTell, map, regex, type Sample, text, texts, wholeRegex } from './sample.ts';

/** The effect of `loki.process` on a line: https://grafana.com/docs/alloy/v1.18/reference/components/loki/loki.process/ */
export function runStages(sample: Sample, component: Settings): Sample {
  const result: Sample = {
    ...sample,
    labels: { ...sample.labels },
    metadata: { ...sample.metadata },
    touched: { ...sample.touched },
    named: { ...sample.named },
  };
  runAll(result, { ...result.labels }, component.blocks);
  return result;
}

type Stage = (sample: Sample, extracted: Record<string, string>, stage: Settings) => void;

function runAll(sample: Sample, extracted: Record<string, string>, stages: Settings[]): void {
  for (const stage of stages) {
    if (sample.dropped || !stage.name.startsWith('stage.')) continue;
    const run = STAGES[stage.name.slice('stage.'.length)];
    if (!run) throw new CannotTell(stage.name, stage.at);
    run(sample, extracted, stage);
  }
}

const ignore: Stage = () => {};

const STAGES: Record<string, Stage> = {
  logfmt(sample, extracted, stage) {
    const fields = parseLogfmt(sourceOf(sample, extracted, stage) ?? '');
    for (const [to, from] of Object.entries(map(stage, 'mapping'))) {
      const value = fields[from || to];
      if (value !== undefined) extracted[to] = value;
      else sample.named[`asked ${to}`] = stage.placeOf('mapping');
    }
  },
  json(sample, extracted, stage) {
    const fields = parseJson(sourceOf(sample, extracted, stage) ?? '');
    for (const [to, from] of Object.entries(map(stage, 'expressions'))) {
      const path = from || to;
      if (!/^"?[\w.]+"?$/.test(path)) throw new CannotTell('expressions', stage.placeOf('expressions'));
      const value = path
        .replaceAll('"', '')
        .split('.')
        .reduce<unknown>((value, key) => (value as never)?.[key], fields);
      if (value !== undefined && value !== null) extracted[to] = String(value);
      else sample.named[`asked ${to}`] = stage.placeOf('expressions');
    }
  },
  regex(sample, extracted, stage) {
    const match = regex(text(stage, 'expression'), stage, 'expression').exec(sourceOf(sample, extracted, stage) ?? '');
    for (const [name, value] of Object.entries(match?.groups ?? {})) {
      if (value === undefined) continue;
      extracted[name] = value;
      if (stage.value('labels_from_groups') !== true) continue;
      sample.labels[name] = value;
      sample.touched[name] = stage.placeOf('labels_from_groups');
    }
  },
  labels(sample, extracted, stage) {
    if (text(stage, 'source_type', 'extracted') !== 'extracted') {
      throw new CannotTell('source_type', stage.placeOf('source_type'));
    }
    for (const [label, from] of Object.entries(map(stage, 'values'))) {
      const value = extracted[from || label];
      sample.named[label] = stage.placeOf('values');
      sample.touched[label] = value ? stage.placeOf('values') : source(sample, from || label, stage, 'values');
      if (value) sample.labels[label] = value;
    }
  },
  static_labels(sample, _, stage) {
    for (const [label, value] of Object.entries(map(stage, 'values'))) {
      sample.touched[label] = stage.placeOf('values');
      sample.named[label] = stage.placeOf('values');
      if (value) sample.labels[label] = value;
    }
  },
  /** From extracted values, or from labels, which it removes. */
  structured_metadata(sample, extracted, stage) {
    if (stage.value('regex') !== undefined) throw new CannotTell('regex', stage.placeOf('regex'));
    for (const [name, from] of Object.entries(map(stage, 'values'))) {
      const value = sample.labels[from || name] ?? extracted[from || name];
      sample.named[`metadata ${name}`] = stage.placeOf('values');
      sample.touched[`metadata ${name}`] =
        value === undefined ? source(sample, from || name, stage, 'values') : stage.placeOf('values');
      if (value === undefined) continue;
      sample.metadata![name] = value;
      delete sample.labels[from || name];
    }
  },
  timestamp(sample, extracted, stage) {
    const value = extracted[text(stage, 'source')];
    const from = text(stage, 'source');
    sample.touched.timestamp = value === undefined ? source(sample, from, stage, 'source') : stage.placeOf('format');
    const layouts = [text(stage, 'format'), ...texts(stage, 'fallback_formats')];
    if (stage.value('location') !== undefined) throw new CannotTell('location', stage.placeOf('location'));
    for (const layout of value === undefined ? [] : layouts) {
      const time = parseGoTime(value!, layout);
      if (time === undefined) continue;
      sample.timestamp = time;
      return;
    }
  },
  output(sample, extracted, stage) {
    const from = text(stage, 'source');
    sample.touched.line =
      extracted[from] === undefined ? source(sample, from, stage, 'source') : stage.placeOf('source');
    sample.line = extracted[from] ?? sample.line ?? '';
  },
  replace(sample, extracted, stage) {
    const replace = text(stage, 'replace');
    if (replace.includes('{{')) throw new CannotTell('replace', stage.placeOf('replace'));
    const pattern = regex(text(stage, 'expression'), stage, 'expression', 'gd');
    const source = text(stage, 'source');
    const result = replaceGroups(source === '' ? (sample.line ?? '') : (extracted[source] ?? ''), pattern, replace);
    if (source !== '') extracted[source] = result;
    else sample.line = result;
    sample.touched.line = stage.placeOf('expression');
  },
  label_drop(sample, _, stage) {
    for (const label of texts(stage, 'values')) {
      sample.touched[label] = stage.placeOf('values');
      delete sample.labels[label];
    }
  },
  label_keep(sample, _, stage) {
    const kept = texts(stage, 'values');
    for (const label of Object.keys(sample.labels)) {
      if (kept.includes(label)) continue;
      sample.touched[label] = stage.placeOf('values');
      delete sample.labels[label];
    }
  },
  drop(sample, extracted, stage) {
    for (const other of ['older_than', 'longer_than']) {
      if (stage.value(other) !== undefined) throw new CannotTell(other, stage.placeOf(other));
    }
    const value = stage.value('value') === undefined ? undefined : text(stage, 'value');
    const found = sourceOf(sample, extracted, stage);
    if (found === undefined) return;
    const matches = regex(text(stage, 'expression'), stage, 'expression').test(found);
    if (value === undefined ? matches : found === value) sample.dropped = stage.at;
  },
  match(sample, extracted, stage) {
    const matches = matchesSelector(sample, stage);
    if (matches && text(stage, 'action', 'keep') === 'drop') sample.dropped = stage.placeOf('selector');
    else if (matches) runAll(sample, extracted, stage.blocks);
  },
  limit: ignore,
  metrics: ignore,
  tenant: ignore,
  decolorize: ignore,
};

/** For a value that was never extracted: the stage that failed to extract it, otherwise the place where it is used. */
function source(sample: Sample, name: string, stage: Settings, attribute: string): Place {
  const asked = closest(
    `asked ${name}`,
    Object.keys(sample.named).filter((key) => key.startsWith('asked ')),
  );
  return (asked && sample.named[asked]) || stage.placeOf(attribute);
}

const sourceOf = (sample: Sample, extracted: Record<string, string>, stage: Settings) => {
  const source = text(stage, 'source');
  return source === '' ? sample.line : extracted[source];
};

function matchesSelector(sample: Sample, stage: Settings): boolean {
  const selector = /^\s*\{(.*)\}\s*$/.exec(text(stage, 'selector'));
  if (!selector) throw new CannotTell('selector', stage.placeOf('selector'));
  return Array.from(selector[1]!.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|`([^`]*)`)/g)).every(
    ([, label, operator, quoted, raw]) => {
      const value = sample.labels[label!] ?? '';
      const wanted = raw ?? quoted!.replaceAll('\\\\', '\\').replaceAll('\\"', '"');
      const same = operator!.includes('~') ? wholeRegex(wanted, stage, 'selector').test(value) : value === wanted;
      return same === !operator!.startsWith('!');
    },
  );
}

/** Replaces what an expression's groups match, for every match. */
function replaceGroups(value: string, pattern: RegExp, replacement: string): string {
  let result = '';
  let done = 0;
  for (const match of value.matchAll(pattern)) {
    for (const range of (match.indices ?? []).slice(1)) {
      if (!range || range[0] < done) continue;
      result += value.slice(done, range[0]) + replacement;
      done = range[1];
    }
  }
  return result + value.slice(done);
}

function parseLogfmt(line: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [, key, quoted, bare] of line.matchAll(/([^\s=]+)=(?:"((?:[^"\\]|\\.)*)"|(\S*))/g)) {
    fields[key!] = quoted?.replaceAll('\\"', '"') ?? bare ?? '';
  }
  return fields;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
