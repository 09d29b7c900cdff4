import type { Position, SyntaxProblem } from './syntax.ts';

export type Token = {
  /** `end` is the end of a statement: a line break where a statement can end. */
  type: 'name' | 'string' | 'number' | 'word' | 'sign' | 'end' | 'eof' | 'illegal';
  text: string;
  at: Position;
};

const SPACE = /[ \t\r\uFEFF]+/y;
const COMMENT = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const NAME = /[\p{L}_][\p{L}_\p{Nd}]*/uy;
const NUMBER = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\\n]|\\[^\n])*"/y;
const RAW_STRING = /`[^`]*`/y;
const SIGN = /\|\||&&|[!=<>]=|[{}()[\],.=!<>+\-*/%^]/y;
const ESCAPE = /\\(?:[abfnrtv\\"]|[0-7]{3}|x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8})|\\./g;
const SHORT_ESCAPES: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
};

/** Splits a text into tokens. Text that can't be a token becomes a problem, and the rest of its line is skipped. */
export function scan(text: string): { tokens: Token[]; problems: SyntaxProblem[] } {
  const scanner = new Scanner(text);
  scanner.run();
  return scanner;
}

/** The position in the text. */
class Scanner {
  tokens: Token[] = [];
  problems: SyntaxProblem[] = [];
  #text: string;
  #lineStarts: number[];
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
    this.#lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  }

  run(): void {
    while (this.#offset < this.#text.length) this.#step();
    this.#endLine();
    this.tokens.push({ type: 'eof', text: '', at: this.#position() });
  }

  #step(): void {
    const rest = this.#text.slice(this.#offset, this.#offset + 2);
    const space = this.#take(SPACE);
    const comment = space ?? this.#take(COMMENT);
    if (space) this.#offset += space.length;
    else if (rest[0] === '\n') {
      this.#endLine();
      this.#offset++;
    } else if (comment) {
      if (comment.includes('\n')) this.#endLine();
      this.#offset += comment.length;
    } else if (rest === '/*') {
      this.#problem('unterminated-comment');
      this.#offset = this.#text.length;
    } else this.#scanToken(rest[0]!);
  }

  #scanToken(first: string): void {
    const name = this.#take(NAME);
    const number = name ?? this.#take(NUMBER);
    const string = number ?? this.#take(STRING) ?? this.#take(RAW_STRING);
    const sign = string ?? this.#take(SIGN);
    if (name) this.#add(/^(?:true|false|null)$/.test(name) ? 'word' : 'name', name.length);
    else if (number) this.#add('number', number.length);
    else if (string) {
      const wrong = unknownEscape(string);
      if (wrong) this.#problem('unknown-escape', { escape: wrong });
      this.#add('string', string.length);
    } else if (sign) this.#add('sign', sign.length);
    else this.#skipLine(first);
  }

  #skipLine(first: string): void {
    if (first === '"' || first === '`') this.#problem('unterminated-string');
    else if (first === "'") this.#problem('single-quotes');
    else {
      const character = String.fromCodePoint(this.#text.codePointAt(this.#offset)!);
      this.#problem('illegal-character', { character });
    }
    const lineEnd = this.#text.indexOf('\n', this.#offset);
    this.#add('illegal', (lineEnd === -1 ? this.#text.length : lineEnd) - this.#offset);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#offset;
    return pattern.exec(this.#text)?.[0];
  }

  #add(type: Token['type'], length: number): void {
    const text = this.#text.slice(this.#offset, this.#offset + length);
    this.tokens.push({ type, text, at: this.#position() });
    this.#offset += length;
  }

  #endLine(): void {
    if (canEnd(this.tokens.at(-1))) this.tokens.push({ type: 'end', text: '\n', at: this.#position() });
  }

  #problem(code: SyntaxProblem['code'], args: SyntaxProblem['args'] = {}): void {
    this.problems.push({ at: this.#position(), code, args });
  }

  #position(): Position {
    const offset = this.#offset;
    while (this.#line < this.#lineStarts.length && this.#lineStarts[this.#line]! <= offset) this.#line++;
    return { offset, line: this.#line, column: offset - this.#lineStarts[this.#line - 1]! + 1 };
  }
}

const canEnd = (token: Token | undefined) =>
  token !== undefined &&
  (['name', 'string', 'number', 'word', 'illegal'].includes(token.type) ||
    (token.type === 'sign' && /^[})\]]$/.test(token.text)));

function unknownEscape(literal: string): string | undefined {
  if (literal[0] === '`') return undefined;
  return literal.match(ESCAPE)?.find((sequence) => sequence.length === 2 && !(sequence[1]! in SHORT_ESCAPES));
}

/** The value of a string literal. */
export function unquote(literal: string): string {
  if (literal[0] === '`') return literal.slice(1, -1).replaceAll('\r', '');
  return literal.slice(1, -1).replace(ESCAPE, (sequence) => {
    const short = SHORT_ESCAPES[sequence[1]!];
    if (short !== undefined && sequence.length === 2) return short;
    const isHex = /[xuU]/.test(sequence[1]!);
    const code = Number.parseInt(sequence.slice(isHex ? 2 : 1), isHex ? 16 : 8);
    return Number.isNaN(code) || code > 0x10ffff ? sequence : String.fromCodePoint(code);
  });
}
