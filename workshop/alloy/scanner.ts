import type { Position, SyntaxProblem } from './syntax.ts';

export type Token = {
  /** `end` stands for the end of a statement: a line break, where one can end there. */
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

/** Splits a text into tokens. What can't be one becomes a problem, and the rest of its line is skipped. */
export function scan(text: string): { tokens: Token[]; problems: SyntaxProblem[] } {
  const tokens: Token[] = [];
  const problems: SyntaxProblem[] = [];
  const lineStarts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
  let offset = 0;
  let line = 1;

  const positionOf = (offset: number): Position => {
    while (line < lineStarts.length && lineStarts[line]! <= offset) line++;
    while (lineStarts[line - 1]! > offset) line--;
    return { offset, line, column: offset - lineStarts[line - 1]! + 1 };
  };
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = offset;
    return pattern.exec(text)?.[0];
  };
  const add = (type: Token['type'], length: number) => {
    tokens.push({ type, text: text.slice(offset, offset + length), at: positionOf(offset) });
    offset += length;
  };
  const problem = (code: SyntaxProblem['code'], args: SyntaxProblem['args'] = {}) =>
    problems.push({ at: positionOf(offset), code, args });
  const endLine = () => {
    if (canEnd(tokens.at(-1))) tokens.push({ type: 'end', text: '\n', at: positionOf(offset) });
  };

  while (offset < text.length) {
    const space = take(SPACE);
    if (space) {
      offset += space.length;
      continue;
    }
    const rest = text.slice(offset, offset + 2);
    if (rest[0] === '\n') {
      endLine();
      offset++;
      continue;
    }
    const comment = take(COMMENT);
    if (comment) {
      if (comment.includes('\n')) endLine();
      offset += comment.length;
    } else if (rest === '/*') {
      problem('unterminated-comment');
      offset = text.length;
    } else {
      scanToken(rest[0]!);
    }
  }
  endLine();
  tokens.push({ type: 'eof', text: '', at: positionOf(text.length) });
  return { tokens, problems };

  function scanToken(first: string): void {
    const name = take(NAME);
    const number = name ?? take(NUMBER);
    const string = number ?? take(STRING) ?? take(RAW_STRING);
    const sign = string ?? take(SIGN);
    if (name) add(/^(?:true|false|null)$/.test(name) ? 'word' : 'name', name.length);
    else if (number) add('number', number.length);
    else if (string) {
      const wrong = unknownEscape(string);
      if (wrong) problem('unknown-escape', { escape: wrong });
      add('string', string.length);
    } else if (sign) add('sign', sign.length);
    else skipLine(first);
  }

  function skipLine(first: string): void {
    if (first === '"' || first === '`') problem('unterminated-string');
    else if (first === "'") problem('single-quotes');
    else problem('illegal-character', { character: String.fromCodePoint(text.codePointAt(offset)!) });
    const lineEnd = text.indexOf('\n', offset);
    add('illegal', (lineEnd === -1 ? text.length : lineEnd) - offset);
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

/** The text that a string literal stands for. */
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
