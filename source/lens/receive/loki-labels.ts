const LABEL =
  /\s*([a-zA-Z_][\w.]*|"(?:[^"\\\n]|\\.)*")\s*=\s*("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)\s*(?:,\s*|$)/y;

/**
 * Parses `{a="x", b="y \"quoted\""}` as Loki does, whose label syntax is Prometheus's.
 *
 * @throws {Error} describing the syntax error
 */
export function parseLabels(text: string): Record<string, string> {
  const inner = /^\s*\{(.*)\}\s*$/s.exec(text)?.[1]?.trim();
  if (inner === undefined) throw new Error('expected {name="value", …}');
  const labels = new Map<string, string>();
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < inner.length) {
    const at = LABEL.lastIndex;
    const [, name, value] = LABEL.exec(inner) ?? [];
    if (name === undefined || value === undefined)
      throw new Error(`expected name="value" at ${inner.slice(at, at + 50)}`);
    const key = name.startsWith('"') ? unquote(name) : name;
    if (labels.has(key)) throw new Error(`duplicate label ${key}`);
    labels.set(key, unquote(value));
  }
  return Object.fromEntries(labels);
}

const ESCAPE = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-3][0-7]{2})|(.))/gs;

const CHARACTERS: Record<string, string> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Unquotes a Go string literal in a single pass, so that the result of one escape never starts another. `\x41` and
 * `\101` are bytes; several can form one UTF-8 character.
 */
function unquote(quoted: string): string {
  const quote = quoted[0]!;
  const text = quoted.slice(1, -1);
  if (quote === '`' || !text.includes('\\')) return text;
  const parts: Buffer[] = [];
  let end = 0;
  for (const match of text.matchAll(ESCAPE)) {
    const [whole, byte, short, long, octal, character] = match;
    parts.push(Buffer.from(text.slice(end, match.index)));
    end = match.index + whole.length;
    if (byte !== undefined) parts.push(Buffer.of(Number.parseInt(byte, 16)));
    else if (octal !== undefined) parts.push(Buffer.of(Number.parseInt(octal, 8)));
    else
      parts.push(Buffer.from(characterOf(whole, short ?? long, character === quote ? quote : CHARACTERS[character!])));
  }
  return Buffer.concat([...parts, Buffer.from(text.slice(end))]).toString('utf8');
}

function characterOf(whole: string, codePoint: string | undefined, character: string | undefined): string {
  const code = Number.parseInt(codePoint ?? '', 16);
  if (code <= 0x10ffff) return String.fromCodePoint(code);
  if (character === undefined) throw new Error(`unknown escape ${whole}`);
  return character;
}
