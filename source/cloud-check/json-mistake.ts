import jsonc, { type ParseError } from 'jsonc-parser';

/** Where a text stops being JSON, and why, in words. No part of it repeats what stands there: it may be a token. */
export type JsonMistake = { line: number; column: number; mistake: string };

/** By the names of the parser's codes. */
const WORDS: Record<string, string> = {
  InvalidSymbol: 'a text needs quotation marks around it, straight ones',
  ValueExpected: 'a value is missing, or a comma or a colon is one too many',
  PropertyNameExpected: 'the name of a field is missing, or a comma is one too many',
  ColonExpected: 'a colon is missing',
  CommaExpected: 'a comma is missing',
  CloseBraceExpected: 'a } is missing',
  CloseBracketExpected: 'a ] is missing',
  EndOfFileExpected: 'there is more after the end',
  InvalidCommentToken: 'JSON has no comments',
  UnexpectedEndOfComment: 'JSON has no comments',
  UnexpectedEndOfString: 'a quotation mark is missing at the end of this line',
  InvalidCharacter: 'there is a character that JSON does not allow in a text, such as a tab',
  InvalidEscapeCharacter: 'a backslash has to be written twice',
};

/** @param text something that `JSON.parse` refuses; its own message names no place in most cases, and quotes the text */
export function findJsonMistake(text: string): JsonMistake {
  const errors: ParseError[] = [];
  jsonc.parse(text, errors, { disallowComments: true });
  const [first] = errors;
  const before = text.slice(0, first?.offset ?? 0).split('\n');
  const mistake = first && WORDS[jsonc.printParseErrorCode(first.error)];
  return { line: before.length, column: before.at(-1)!.length + 1, mistake: mistake ?? 'this is none' };
}
