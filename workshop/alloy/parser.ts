import { scan, type Token, unquote } from './scanner.ts';
import type { Block, Expression, Literal, Position, Statement, SyntaxCode, SyntaxProblem } from './syntax.ts';

// The grammar: https://grafana.com/docs/alloy/v1.18/get-started/configuration-syntax/syntax/

export type Parsed = { body: Statement[]; problems: SyntaxProblem[] };

/** A statement that is no good: the parser notes it, and goes on with the next. */
class StatementError extends Error {
  problem: SyntaxProblem;
  constructor(code: SyntaxCode, at: Position, args: SyntaxProblem['args'] = {}) {
    super(code);
    this.problem = { code, at, args };
  }
}

const BINARY: string[][] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];
const OPENING: Record<string, number> = { '{': 1, '[': 1, '(': 1, '}': -1, ']': -1, ')': -1 };

/** Reads a whole file. With problems, the body is what could be read. */
export function parse(text: string): Parsed {
  const { tokens, problems } = scan(text);
  const unclosed: Block[] = [];
  let index = 0;

  const token = () => tokens[index]!;
  const is = (text: string) => token().type === 'sign' && token().text === text;
  const next = () => tokens[index < tokens.length - 1 ? index++ : index]!;
  const unexpected = (expected: string) =>
    new StatementError('unexpected', token().at, { expected, got: describe(token()) });
  const expect = (text: string) => {
    if (!is(text)) throw unexpected(text);
    return next();
  };
  const isStatementEnd = () => token().type === 'end' || token().type === 'eof';

  const body = parseBody(undefined);
  return { body, problems: onePerLine(problems, unclosed) };

  function parseBody(inside: Block | undefined): Statement[] {
    const body: Statement[] = [];
    while (token().type !== 'eof' && !(inside && is('}'))) {
      // A component at the left margin, inside of another one: that one has no closing brace.
      if (inside && token().type === 'name' && token().at.column === 1) unclosed.push(inside);
      const start = index;
      try {
        const statement = parseStatement();
        body.push(statement);
        // The value of an attribute may stand on the next line; but `b =` and then `c = 1` is a value that was forgotten.
        if (is('=') && statement.type === 'attribute' && statement.value.at.line > statement.at.line) {
          const args = { expected: 'a value', got: 'the end of the line' };
          throw new StatementError('unexpected', statement.at, args);
        }
        if (!(inside && is('}')) && !isStatementEnd()) throw unexpected('the end of the line');
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        problems.push(error.problem);
        skipStatement(start);
        // A brace that closes nothing.
        if (!inside && is('}')) next();
      }
      if (token().type === 'end') next();
    }
    return body;
  }

  /** Goes on to the end of the statement that began at this token, brackets and all. */
  function skipStatement(start: number): void {
    const reached = index;
    let depth = 0;
    for (index = start; token().type !== 'eof'; next()) {
      if (index >= reached && depth <= 0 && (token().type === 'end' || is('}'))) return;
      if (token().type === 'sign') depth += OPENING[token().text] ?? 0;
    }
  }

  function parseStatement(): Statement {
    const { at } = token();
    const names = [expectName()];
    while (is('.')) {
      next();
      names.push(expectName());
    }
    const label = token().type === 'string' ? next() : undefined;
    const name = names.join('.');
    if (is('=')) {
      if (label) throw new StatementError('labelled-attribute', label.at, { name });
      if (names.length > 1) throw new StatementError('dotted-attribute', at, { name });
      next();
      return { type: 'attribute', name, value: parseBinary(0), at };
    }
    if (!is('{')) throw unexpected(label || names.length > 1 ? '{' : '= or {');
    return parseBlock(name, label, at);
  }

  function parseBlock(name: string, label: Token | undefined, at: Position): Block {
    if (label && !/^"([\p{L}_][\p{L}_\p{Nd}]*)?"$/u.test(label.text)) {
      throw new StatementError('bad-label', label.at, { label: label.text });
    }
    next();
    const block: Block = { type: 'block', name, label: label && unquote(label.text), body: [], at, end: at };
    block.body = parseBody(block);
    block.end = token().at;
    if (token().type === 'eof') {
      const culprit = unclosed[0] ?? block;
      throw new StatementError('unclosed-block', culprit.at, { name: culprit.name });
    }
    next();
    return block;
  }

  function expectName(): string {
    if (token().type !== 'name') throw unexpected('a name');
    return next().text;
  }

  function parseBinary(level: number): Expression {
    if (level === BINARY.length) return parsePower();
    let left = parseBinary(level + 1);
    while (token().type === 'sign' && BINARY[level]!.includes(token().text)) {
      const operator = next().text;
      left = { type: 'binary', operator, left, right: parseBinary(level + 1), at: left.at };
    }
    return left;
  }

  function parsePower(): Expression {
    const left = parseUnary();
    if (!is('^')) return left;
    next();
    return { type: 'binary', operator: '^', left, right: parsePower(), at: left.at };
  }

  function parseUnary(): Expression {
    const { at } = token();
    if (is('!') || is('-')) return { type: 'unary', operator: next().text, of: parseUnary(), at };
    let of = parsePrimary();
    for (;;) {
      if (is('.')) {
        next();
        of = { type: 'access', of, name: expectName(), at };
      } else if (is('[')) {
        next();
        const index = parseBinary(0);
        expect(']');
        of = { type: 'index', of, index, at };
      } else if (is('(')) {
        next();
        of = { type: 'call', of, args: parseList(')', () => parseBinary(0)), at };
      } else return of;
    }
  }

  function parsePrimary(): Expression {
    const { at, type, text } = token();
    if (type === 'name') return { type: 'name', name: next().text, at };
    if (type === 'string' || type === 'number' || type === 'word') {
      return { type: 'literal', value: literal(next()), at };
    }
    if (type !== 'sign' || !['(', '[', '{'].includes(text)) throw unexpected('a value');
    next();
    if (text === '[') return { type: 'array', items: parseList(']', () => parseBinary(0)), at };
    if (text === '{') return { type: 'object', fields: parseList('}', parseField), at };
    const inner = parseBinary(0);
    expect(')');
    return inner;
  }

  function parseField(): { name: string; value: Expression; at: Position } {
    const { at, type, text } = token();
    if (type !== 'string' && type !== 'name') throw unexpected('the name of a field');
    next();
    expect('=');
    return { name: type === 'string' ? unquote(text) : text, value: parseBinary(0), at };
  }

  function parseList<T>(close: string, parseItem: () => T): T[] {
    const items: T[] = [];
    while (!is(close)) {
      items.push(parseItem());
      if (is(close)) break;
      if (!is(',')) {
        // A line break where a comma is missing: the fault is at the end of the line above, as Alloy says it.
        throw new StatementError('missing-comma', token().at, { got: describe(token()), close });
      }
      next();
    }
    next();
    return items;
  }
}

function describe({ type, text }: Token): string {
  if (type === 'end') return 'the end of the line';
  if (type === 'eof') return 'the end of the file';
  return text;
}

function literal({ type, text }: Token): Literal {
  if (type === 'string') return unquote(text);
  if (type === 'number') return Number(text);
  return text === 'null' ? null : text === 'true';
}

const LEXICAL = ['unterminated-string', 'unterminated-comment', 'single-quotes', 'illegal-character'];

/** A fault makes others on its line, and after it; the one to read is the one that explains them. */
function onePerLine(problems: SyntaxProblem[], unclosed: Block[]): SyntaxProblem[] {
  // A quote that is missing takes the bracket behind it away, and then all lines that follow make no sense.
  const lexical = problems.filter(({ code }) => LEXICAL.includes(code));
  if (lexical.length > 0) return lexical;
  const sorted = problems.toSorted((a, b) => a.at.offset - b.at.offset);
  const [block] = unclosed;
  if (block && !sorted.some(({ code }) => code === 'unclosed-block')) {
    sorted.push({ code: 'unclosed-block', at: block.at, args: { name: block.name } });
  }
  const lines = new Set<number>();
  return sorted.filter(({ at }) => !lines.has(at.line) && lines.add(at.line));
}
