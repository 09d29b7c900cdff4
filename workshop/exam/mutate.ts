import { COMPONENTS } from '../alloy/components.ts';
import { parse } from '../alloy/parser.ts';
import {
  type Attribute,
  type Block,
  dotted,
  type Expression,
  type Position,
  partsOf,
  type Statement,
} from '../alloy/syntax.ts';

// Breaks a configuration in one place, as people do. Used by the exam, and to test the checker.

export type Mutant = {
  kind: 'reference' | 'label' | 'port' | 'regex' | 'block' | 'component' | 'quote';
  /** What was done, in a few words. */
  what: string;
  text: string;
  /** The change itself. */
  at: number;
  length: number;
  by: string;
  /** Where it is visible, as lines of the broken text: the place itself, and what references it. */
  lines: number[];
  /** The component is gone: naming its kind is as good as a line. */
  missing?: string;
};

const REGEX_ATTRIBUTES = ['regex', 'expression', 'pattern'];
const LABEL_ATTRIBUTES = ['target_label', 'name', 'key', 'source', 'trace_id_key', 'service_key'];

export function mutantsOf(text: string): Mutant[] {
  const { body } = parse(text);
  const breaker = new Breaker(text, body);
  for (const block of body) if (block.type === 'block') breaker.mutateComponent(block);
  breaker.walk(body);
  return breaker.mutants;
}

class Breaker {
  mutants: Mutant[] = [];
  #text: string;
  #body: Statement[];

  constructor(text: string, body: Statement[]) {
    this.#text = text;
    this.#body = body;
  }

  #lineOf(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }

  /** Lines that name a component. */
  #linesWith(name: string): number[] {
    return this.#text.split('\n').flatMap((line, index) => (name !== '' && line.includes(name) ? [index + 1] : []));
  }

  #add(kind: Mutant['kind'], what: string, at: number, length: number, by: string, lines: number[] = []): void {
    const text = this.#text.slice(0, at) + by + this.#text.slice(at + length);
    this.mutants.push({ kind, what, at, length, by, text, lines: [this.#lineOf(at), ...lines] });
  }

  mutateComponent(block: Block): void {
    const id = block.label ? `${block.name}.${block.label}` : block.name;
    const isComponent = block.name in COMPONENTS;
    this.#remove(block, [...this.#linesWith(id), ...this.#feeding(block)], block.name);
    const misspelt = block.name.replace(/(.)(.)$/, '$2$1');
    const wrong = misspelt === block.name ? `${block.name}x` : misspelt;
    this.#add('component', `${block.name} → ${wrong}`, block.at.offset, block.name.length, wrong, this.#linesWith(id));
    // Its inputs and outputs no longer fit: its connections are as correct an answer as its name.
    const sibling = siblingOf(block.name);
    if (sibling) {
      this.#add('component', `${block.name} → ${sibling}`, block.at.offset, block.name.length, sibling, [
        ...this.#linesWith(id),
        ...this.#insideOf(block),
      ]);
      this.mutants.at(-1)!.missing = block.name;
    }
    if (!isComponent || !block.label) return;
    const label = this.#text.indexOf(`"${block.label}"`, block.at.offset);
    const references = this.#linesWith(id);
    if (references.length > 0)
      this.#add('label', `${id} renamed`, label + 1, block.label.length, `${block.label}_2`, references);
  }

  /** Components whose exports it uses: the visible effect is that nothing uses them now. */
  #feeding(block: Block): number[] {
    const names: string[] =
      this.#text.slice(block.at.offset, block.end.offset).match(/[a-z][\w.]+(?=\.(targets|output)\b)/g) ?? [];
    return this.#body.flatMap((other) =>
      other.type === 'block' && names.includes(`${other.name}.${other.label}`) ? this.#insideOf(other) : [],
    );
  }

  #remove(block: Block, lines: number[], missing?: string): void {
    const end = block.end.offset + 1;
    const [from, to] = [this.#lineOf(block.at.offset), this.#lineOf(end)];
    const after = lines.flatMap((line) => (line < from ? [line] : line > to ? [line - (to - from)] : []));
    this.#add('block', `${block.name} removed`, block.at.offset, end - block.at.offset, '', after);
    if (missing) this.mutants.at(-1)!.missing = missing;
  }

  walk(body: Statement[], parents: Block[] = []): void {
    for (const statement of body) {
      if (statement.type === 'attribute') this.#mutateAttribute(statement, parents.at(-1));
      else {
        if (parents.length > 0) this.#remove(statement, this.#insideOf(parents[0]!));
        this.walk(statement.body, [...parents, statement]);
      }
    }
  }

  /** All lines of a component: if a part of it is missing, any of them is correct. */
  #insideOf(block: Block): number[] {
    return Array.from({ length: block.end.line - block.at.line + 1 }, (_, index) => block.at.line + index);
  }

  #mutateAttribute({ name, value, at }: Attribute, parent: Block | undefined): void {
    const calls = new Set<Expression>();
    for (const part of partsOf(value)) {
      if (part.type === 'call') calls.add(part.of);
      if (part.type === 'access' && !calls.has(part)) this.#mutateReference(part, value, at);
      if (part.type === 'object') {
        for (const field of part.fields) {
          if (field.name.startsWith('__')) continue;
          const quoted = this.#text.startsWith('"', field.at.offset) ? 1 : 0;
          this.#add(
            'label',
            `${field.name} → ${field.name}_2`,
            field.at.offset + quoted,
            field.name.length,
            `${field.name}_2`,
          );
        }
      }
      if (part.type === 'literal') this.#mutateLiteral(part, name, parent, at);
    }
  }

  #mutateReference(part: Expression & { type: 'access' }, whole: Expression, at: Position): void {
    const names = dotted(part);
    const end = endOfName(this.#text, part.at.offset);
    const reference = this.#text.slice(part.at.offset, end);
    if (!names || names.join('.') !== reference) return;
    const inList = whole.type === 'array';
    const comma = /^\s*,/.exec(this.#text.slice(end))?.[0].length ?? 0;
    this.#add(
      'reference',
      `${reference} removed`,
      part.at.offset,
      end - part.at.offset + (inList ? comma : 0),
      inList ? '' : '[]',
      [at.line],
    );
    const other = otherReference(this.#text, reference);
    if (other)
      this.#add('reference', `${reference} → ${other}`, part.at.offset, end - part.at.offset, other, [at.line]);
    this.#add('reference', `${reference} misspelt`, end - 1, 1, '', [at.line]);
  }

  #mutateLiteral(part: Expression & { type: 'literal' }, name: string, parent: Block | undefined, at: Position): void {
    const from = part.at.offset;
    if (name === 'listen_port')
      this.#add('port', `listen_port ${part.value}`, from, String(part.value).length, String(Number(part.value) + 1));
    if (typeof part.value !== 'string' || this.#text[from] !== '"') return;
    const end = endOfString(this.#text, from);
    this.#add('quote', `${name}: no closing quote`, end - 1, 1, '', [at.line]);
    const port = /(?<=:)\d{4,5}(?=\b)/.exec(this.#text.slice(from, end));
    if (port)
      this.#add('port', `${name}: port ${port[0]}`, from + port.index, port[0].length, String(Number(port[0]) + 1), [
        at.line,
      ]);
    if (REGEX_ATTRIBUTES.includes(name)) {
      this.#add('regex', `${name}: one letter more`, from + 1, 0, 'x');
      this.#add('regex', `${name}: one letter less`, from + 1, 1, '');
    }
    const isLabel = LABEL_ATTRIBUTES.includes(name) && !['policy', 'filter'].includes(parent?.name ?? '');
    if (isLabel) this.#add('label', `${name} = ${part.value}_2`, end - 1, 0, '_2');
    if (name === 'source_labels') this.#add('label', `${name}: ${part.value}_2`, end - 1, 0, '_2');
  }
}

const endOfName = (text: string, from: number): number => from + /^[\w.]*/.exec(text.slice(from))![0].length;

const endOfString = (text: string, from: number): number =>
  from + (/^"(?:[^"\\]|\\.)*"/.exec(text.slice(from))?.[0].length ?? 1);

/** Another component in the file with an export of the same name. */
function otherReference(text: string, reference: string): string | undefined {
  const field = reference.slice(reference.lastIndexOf('.') + 1);
  const { body } = parse(text);
  const others = body.flatMap((block) =>
    block.type === 'block' && block.label && field in (COMPONENTS[block.name] ?? {})
      ? [`${block.name}.${block.label}.${field}`]
      : [],
  );
  const index = others.indexOf(reference);
  return others.length > 1 ? others[(index + 1) % others.length] : undefined;
}

/** A component that could be mistaken for it, but does something else. */
function siblingOf(name: string): string | undefined {
  const siblings: Record<string, string> = {
    'prometheus.scrape': 'pyroscope.scrape',
    'pyroscope.scrape': 'prometheus.scrape',
    'prometheus.remote_write': 'prometheus.receive_http',
    'discovery.relabel': 'loki.relabel',
    'loki.process': 'loki.source.file',
    'loki.write': 'loki.echo',
    'loki.source.api': 'loki.source.file',
    'loki.source.docker': 'loki.source.file',
    'prometheus.exporter.postgres': 'prometheus.exporter.mysql',
    'otelcol.exporter.otlp': 'otelcol.exporter.debug',
    'otelcol.processor.batch': 'otelcol.processor.filter',
    'otelcol.connector.spanmetrics': 'otelcol.connector.count',
    'otelcol.processor.memory_limiter': 'otelcol.processor.interval',
    'pyroscope.write': 'pyroscope.relabel',
  };
  return siblings[name];
}
