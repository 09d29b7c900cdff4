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

const ESCAPE = /\\(?:x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|(.))/gs;

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

/** A character per byte. */
const bytesOf = (text: string) => Buffer.from(text).toString('latin1');

/**
 * Unquotes a Go string literal in a single pass, so that the result of one escape never starts another. `\x41` and
 * `\101` are bytes; several can form one UTF-8 character.
 */
function unquote(quoted: string): string {
  const quote = quoted[0]!;
  const text = quoted.slice(1, -1);
  if (quote === '`' || !text.includes('\\')) return text;
  const bytes = bytesOf(text).replace(ESCAPE, (whole, byte, octal, short, long, character) => {
    if (byte ?? octal) return String.fromCharCode(byte ? Number.parseInt(byte, 16) : Number.parseInt(octal, 8));
    if (short ?? long) return bytesOf(String.fromCodePoint(Number.parseInt(short ?? long, 16)));
    const plain = character === quote ? quote : CHARACTERS[character];
    if (plain === undefined) throw new Error(`unknown escape ${whole}`);
    return plain;
  });
  return Buffer.from(bytes, 'latin1').toString();
}
