/** The syntax tree of an Alloy file, with the position of each part. */

/** Lines and columns start at 1, as in Alloy's own messages. */
export type Position = { offset: number; line: number; column: number };

export type Attribute = { type: 'attribute'; name: string; value: Expression; at: Position };

export type Block = {
  type: 'block';
  /** With its dots: `prometheus.scrape`. */
  name: string;
  label: string | undefined;
  body: Statement[];
  at: Position;
  end: Position;
};

export type Statement = Attribute | Block;

export type Literal = string | number | boolean | null;

export type Expression = { at: Position } & (
  | { type: 'literal'; value: Literal }
  | { type: 'name'; name: string }
  | { type: 'access'; of: Expression; name: string }
  | { type: 'index'; of: Expression; index: Expression }
  | { type: 'call'; of: Expression; args: Expression[] }
  | { type: 'array'; items: Expression[] }
  | { type: 'object'; fields: { name: string; value: Expression; at: Position }[] }
  | { type: 'unary'; operator: string; of: Expression }
  | { type: 'binary'; operator: string; left: Expression; right: Expression }
);

/** A problem that keeps a file from being parsed. */
export type SyntaxProblem = { at: Position; code: SyntaxCode; args: Record<string, string | number> };

export type SyntaxCode =
  | 'unterminated-string'
  | 'unterminated-comment'
  | 'single-quotes'
  | 'unknown-escape'
  | 'illegal-character'
  | 'unexpected'
  | 'missing-comma'
  | 'bad-label'
  | 'unclosed-block'
  | 'dotted-attribute'
  | 'labelled-attribute';

/** `prometheus.scrape.alloy` for a chain of names; undefined for anything else. */
export function dotted(expression: Expression): string[] | undefined {
  if (expression.type === 'name') return [expression.name];
  if (expression.type !== 'access') return undefined;
  const before = dotted(expression.of);
  return before && [...before, expression.name];
}

/** All blocks with this path inside a body: `stage.match/stage.logfmt`. */
export function blocksAt(body: readonly Statement[], path: readonly string[]): Block[] {
  const [first, ...rest] = path;
  if (first === undefined) return [];
  const found = body.filter((statement) => statement.type === 'block' && statement.name === first) as Block[];
  return rest.length === 0 ? found : found.flatMap((block) => blocksAt(block.body, rest));
}

/** All attributes with this path inside a body: `endpoint/url`. */
export function attributesAt(body: readonly Statement[], path: string): Attribute[] {
  const parts = path.split('/');
  const name = parts.pop();
  const bodies = parts.length === 0 ? [body] : blocksAt(body, parts).map((block) => block.body);
  return bodies.flatMap((body) =>
    body.filter((statement): statement is Attribute => statement.type === 'attribute' && statement.name === name),
  );
}

export function* expressionsIn(body: readonly Statement[], path = ''): Generator<{ path: string; value: Expression }> {
  for (const statement of body) {
    const here = path === '' ? statement.name : `${path}/${statement.name}`;
    if (statement.type === 'block') yield* expressionsIn(statement.body, here);
    else yield { path: here, value: statement.value };
  }
}

export function* partsOf(expression: Expression): Generator<Expression> {
  yield expression;
  switch (expression.type) {
    case 'access':
    case 'unary':
      yield* partsOf(expression.of);
      break;
    case 'index':
      yield* partsOf(expression.of);
      yield* partsOf(expression.index);
      break;
    case 'call':
      yield* partsOf(expression.of);
      for (const arg of expression.args) yield* partsOf(arg);
      break;
    case 'array':
      for (const item of expression.items) yield* partsOf(item);
      break;
    case 'object':
      for (const field of expression.fields) yield* partsOf(field.value);
      break;
    case 'binary':
      yield* partsOf(expression.left);
      yield* partsOf(expression.right);
  }
}
