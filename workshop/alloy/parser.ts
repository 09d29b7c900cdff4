import { scan, type Token, unquote } from './scanner.ts';
import type { Block, Expression, Literal, Position, Statement, SyntaxCode, SyntaxProblem } from './syntax.ts';

// The grammar: https://grafana.com/docs/alloy/v1.18/get-started/configuration-syntax/syntax/

export type Parsed = { body: Statement[]; problems: SyntaxProblem[] };

/** An invalid statement: the parser records it and continues with the next. */
class StatementError extends Error {
  problem: SyntaxProblem;
  constructor(code: SyntaxCode, at: Position, args: SyntaxProblem['args'] = {}) {
    super(code);
    this.problem = { code, at, args };
  }
}

const BINARY: string[][] = [['||'], ['&&'], ['==', '!=', '<', '<=', '>', '>='], ['+', '-'], ['*', '/', '%']];
const OPENING: Record<string, number> = { '{': 1, '[': 1, '(': 1, '}': -1, ']': -1, ')': -1 };

/** Parses a whole file. If there are errors, the body is what could be parsed. */
export function parse(text: string): Parsed {
  const { tokens, problems } = scan(text);
  const parser = new Parser(tokens);
  const body = parser.parseBody(undefined);
  return { body, problems: onePerLine([...problems, ...parser.problems], parser.unclosed) };
}

/** The position in the tokens, and the problems so far. */
class Parser {
  #tokens: Token[];
  #index = 0;
  problems: SyntaxProblem[] = [];
  unclosed: Block[] = [];

  constructor(tokens: Token[]) {
    this.#tokens = tokens;
  }

  get #token(): Token {
    return this.#tokens[this.#index]!;
  }

  #is(text: string): boolean {
    return this.#token.type === 'sign' && this.#token.text === text;
  }

  #next(): Token {
    const token = this.#token;
    if (this.#index < this.#tokens.length - 1) this.#index++;
    return token;
  }

  #unexpected(expected: string): StatementError {
    return new StatementError('unexpected', this.#token.at, { expected, got: describe(this.#token) });
  }

  #expect(text: string): void {
    if (!this.#is(text)) throw this.#unexpected(text);
    this.#next();
  }

  parseBody(inside: Block | undefined): Statement[] {
    const body: Statement[] = [];
    while (this.#token.type !== 'eof' && !(inside && this.#is('}'))) {
      // If a component starts at the left margin inside another one, the outer one has no closing brace.
      if (inside && this.#token.type === 'name' && this.#token.at.column === 1) this.unclosed.push(inside);
      const start = this.#index;
      try {
        const statement = this.#parseStatement();
        body.push(statement);
        // An attribute's value may be on the next line; but `b =` followed by `c = 1` means that the value is missing.
        if (this.#is('=') && statement.type === 'attribute' && statement.value.at.line > statement.at.line) {
          const args = { expected: 'a value', got: 'the end of the line' };
          throw new StatementError('unexpected', statement.at, args);
        }
        if (!(inside && this.#is('}')) && !['end', 'eof'].includes(this.#token.type))
          throw this.#unexpected('the end of the line');
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        this.problems.push(error.problem);
        this.#skipStatement(start);
        // A brace that closes nothing.
        if (!inside && this.#is('}')) this.#next();
      }
      if (this.#token.type === 'end') this.#next();
    }
    return body;
  }

  /** Skips to the end of the statement that started at this token, including brackets. */
  #skipStatement(start: number): void {
    const reached = this.#index;
    let depth = 0;
    for (this.#index = start; this.#token.type !== 'eof'; this.#next()) {
      if (this.#index >= reached && depth <= 0 && (this.#token.type === 'end' || this.#is('}'))) return;
      if (this.#token.type === 'sign') depth += OPENING[this.#token.text] ?? 0;
    }
  }

  #parseStatement(): Statement {
    const { at } = this.#token;
    const names = [this.#expectName()];
    while (this.#is('.')) {
      this.#next();
      names.push(this.#expectName());
    }
    const label = this.#token.type === 'string' ? this.#next() : undefined;
    const name = names.join('.');
    if (this.#is('=')) {
      if (label) throw new StatementError('labelled-attribute', label.at, { name });
      if (names.length > 1) throw new StatementError('dotted-attribute', at, { name });
      this.#next();
      return { type: 'attribute', name, value: this.#parseBinary(0), at };
    }
    if (!this.#is('{')) throw this.#unexpected(label || names.length > 1 ? '{' : '= or {');
    return this.#parseBlock(name, label, at);
  }

  #parseBlock(name: string, label: Token | undefined, at: Position): Block {
    if (label && !/^"([\p{L}_][\p{L}_\p{Nd}]*)?"$/u.test(label.text)) {
      throw new StatementError('bad-label', label.at, { label: label.text });
    }
    this.#next();
    const block: Block = { type: 'block', name, label: label && unquote(label.text), body: [], at, end: at };
    block.body = this.parseBody(block);
    block.end = this.#token.at;
    if (this.#token.type === 'eof') {
      const culprit = this.unclosed[0] ?? block;
      throw new StatementError('unclosed-block', culprit.at, { name: culprit.name });
    }
    this.#next();
    return block;
  }

  #expectName(): string {
    if (this.#token.type !== 'name') throw this.#unexpected('a name');
    return this.#next().text;
  }

  #parseBinary(level: number): Expression {
    if (level === BINARY.length) return this.#parsePower();
    let left = this.#parseBinary(level + 1);
    while (this.#token.type === 'sign' && BINARY[level]!.includes(this.#token.text)) {
      const operator = this.#next().text;
      left = { type: 'binary', operator, left, right: this.#parseBinary(level + 1), at: left.at };
    }
    return left;
  }

  #parsePower(): Expression {
    const left = this.#parseUnary();
    if (!this.#is('^')) return left;
    this.#next();
    return { type: 'binary', operator: '^', left, right: this.#parsePower(), at: left.at };
  }

  #parseUnary(): Expression {
    const { at } = this.#token;
    if (this.#is('!') || this.#is('-'))
      return { type: 'unary', operator: this.#next().text, of: this.#parseUnary(), at };
    let of = this.#parsePrimary();
    for (;;) {
      if (this.#is('.')) {
        this.#next();
        of = { type: 'access', of, name: this.#expectName(), at };
      } else if (this.#is('[')) {
        this.#next();
        const index = this.#parseBinary(0);
        this.#expect(']');
        of = { type: 'index', of, index, at };
      } else if (this.#is('(')) {
        this.#next();
        of = { type: 'call', of, args: this.#parseList(')', () => this.#parseBinary(0)), at };
      } else return of;
    }
  }

  #parsePrimary(): Expression {
    const { at, type, text } = this.#token;
    if (type === 'name') return { type: 'name', name: this.#next().text, at };
    if (type === 'string' || type === 'number' || type === 'word') {
      return { type: 'literal', value: literal(this.#next()), at };
    }
    if (type !== 'sign' || !['(', '[', '{'].includes(text)) throw this.#unexpected('a value');
    this.#next();
    if (text === '[') return { type: 'array', items: this.#parseList(']', () => this.#parseBinary(0)), at };
    if (text === '{') return { type: 'object', fields: this.#parseList('}', () => this.#parseField()), at };
    const inner = this.#parseBinary(0);
    this.#expect(')');
    return inner;
  }

  #parseField(): { name: string; value: Expression; at: Position } {
    const { at, type, text } = this.#token;
    if (type !== 'string' && type !== 'name') throw this.#unexpected('the name of a field');
    this.#next();
    this.#expect('=');
    return { name: type === 'string' ? unquote(text) : text, value: this.#parseBinary(0), at };
  }

  #parseList<T>(close: string, parseItem: () => T): T[] {
    const items: T[] = [];
    while (!this.#is(close)) {
      items.push(parseItem());
      if (this.#is(close)) break;
      if (!this.#is(',')) {
        // A line break where a comma is missing: as in Alloy, the error is at the end of the previous line.
        throw new StatementError('missing-comma', this.#token.at, { got: describe(this.#token), close });
      }
      this.#next();
    }
    this.#next();
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

/** An error causes others on its line and after it; report the one that explains them. */
function onePerLine(problems: SyntaxProblem[], unclosed: Block[]): SyntaxProblem[] {
  // Every brace is there: the file is only not indented.
  if (problems.length === 0) return [];
  // A missing quote swallows the bracket after it, so none of the following lines make sense.
  const lexical = problems.filter(({ code }) => LEXICAL.includes(code));
  if (lexical.length > 0) return lexical;
  // An unclosed list does so, too.
  const isList = problems.some(({ code }) => code === 'missing-comma');
  const sorted = problems
    .filter(({ code }) => !(isList && code === 'unclosed-block'))
    .toSorted((a, b) => a.at.offset - b.at.offset);
  const [block] = unclosed;
  if (block && !isList && !sorted.some(({ code }) => code === 'unclosed-block')) {
    sorted.push({ code: 'unclosed-block', at: block.at, args: { name: block.name } });
  }
  const lines = new Set<number>();
  return sorted.filter(({ at }) => !lines.has(at.line) && lines.add(at.line));
}
