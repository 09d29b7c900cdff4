import type { Settings } from '../alloy/graph.ts';
import { CannotTell, regex, type Sample, text, texts } from './sample.ts';

/** The effect of `otelcol.processor.attributes` on a span. */
export function runActions(sample: Sample, component: Settings): Sample {
  const attributes = { ...sample.attributes };
  const named = { ...sample.named };
  for (const block of component.blocks) {
    if (block.name === 'include' || block.name === 'exclude') throw new CannotTell(block.name, block.at);
    if (block.name !== 'action') continue;
    const [key, pattern] = [text(block, 'key'), text(block, 'pattern')];
    const matches = pattern && text(block, 'action') !== 'extract' ? regex(pattern, block, 'pattern') : undefined;
    const keys = matches ? Object.keys(attributes).filter((name) => matches.test(name)) : [key];
    for (const name of keys) act(attributes, name, block);
    for (const name of keys) named[`attribute ${name}`] = block.placeOf(pattern ? 'pattern' : 'key');
  }
  return { ...sample, attributes, named };
}

function act(attributes: Record<string, string>, key: string, block: Settings): void {
  const action = text(block, 'action');
  const present = key in attributes;
  const value = () => {
    if (block.value('from_context') !== undefined) throw new CannotTell('from_context', block.at);
    return attributes[text(block, 'from_attribute')] ?? text(block, 'value');
  };
  if (action === 'delete') delete attributes[key];
  else if (action === 'hash') {
    if (present) attributes[key] = '(hash)';
  } else if (action === 'upsert' || (action === 'update' && present) || (action === 'insert' && !present)) {
    attributes[key] = value();
  } else if (!['update', 'insert', 'convert', 'extract'].includes(action)) {
    throw new CannotTell('action', block.placeOf('action'));
  }
}

const DELETE_KEY = /^delete_key\((?:span\.)?attributes,\s*"([^"]+)"\)$/;
const DELETE_MATCHING = /^delete_matching_keys\((?:span\.)?attributes,\s*"((?:[^"\\]|\\.)+)"\)$/;
const KEEP_KEYS = /^keep_keys\((?:span\.)?attributes,\s*\[([^\]]*)\]\)$/;
const SET = /^set\((?:span\.)?attributes\["([^"]+)"\],\s*"([^"]*)"\)$/;
const REPLACE_ALL =
  /^replace_all_patterns\((?:span\.)?attributes,\s*"(value|key)",\s*"((?:[^"\\]|\\.)+)",\s*"((?:[^"\\]|\\.)*)"\)$/;
const REPLACE_ONE =
  /^replace_pattern\((?:span\.)?attributes\["([^"]+)"\],\s*"((?:[^"\\]|\\.)+)",\s*"((?:[^"\\]|\\.)*)"\)$/;

/** The effect of `otelcol.processor.transform` statements on a span, for the usual kinds of statements. */
export function runStatements(sample: Sample, component: Settings): Sample {
  const attributes = { ...sample.attributes };
  const touched = { ...sample.touched };
  for (const block of component.blocks) {
    if (block.name !== 'trace_statements' && block.name !== 'statements') continue;
    if (block.name === 'trace_statements' && text(block, 'context') !== 'span') continue;
    const list = block.name === 'statements' ? 'trace' : 'statements';
    for (const statement of texts(block, list)) runStatement(statement.trim(), attributes, block, list);
    for (const [name, before] of Object.entries(sample.attributes ?? {})) {
      if (attributes[name] !== before) touched[`attribute ${name}`] = block.placeOf(list);
    }
  }
  return { ...sample, attributes, touched };
}

function runStatement(statement: string, attributes: Record<string, string>, block: Settings, list: string): void {
  const plain = (pattern: RegExp) =>
    pattern
      .exec(statement)
      ?.slice(1)
      .map((part) => part.replaceAll('\\\\', '\\'));
  const replace = (value: string, pattern: string, replacement: string) =>
    value.replace(regex(pattern, block, list, 'g'), replacement.replace(/\$\$?\{?(\d)\}?/g, '$$$1'));
  const [deleted] = plain(DELETE_KEY) ?? [];
  if (deleted) return void delete attributes[deleted];
  const [matching] = plain(DELETE_MATCHING) ?? [];
  const [kept] = plain(KEEP_KEYS) ?? [];
  if (matching || kept !== undefined) {
    const names: string[] = kept?.match(/[^",\s]+/g) ?? [];
    const pattern = matching ? regex(matching, block, list) : undefined;
    for (const name of Object.keys(attributes)) {
      if (pattern ? pattern.test(name) : !names.includes(name)) delete attributes[name];
    }
    return;
  }
  const [key, value] = plain(SET) ?? [];
  if (key) {
    attributes[key] = value!;
    return;
  }
  const [mode, all, by]: (string | undefined)[] = plain(REPLACE_ALL) ?? [];
  if (all && mode === 'value') {
    for (const [name, value] of Object.entries(attributes)) attributes[name] = replace(value, all, by!);
    return;
  }
  const [one, pattern, replacement]: (string | undefined)[] = plain(REPLACE_ONE) ?? [];
  if (!one || !pattern) throw new CannotTell('statement', block.placeOf(list));
  if (attributes[one] !== undefined) attributes[one] = replace(attributes[one], pattern, replacement!);
}
