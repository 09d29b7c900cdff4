/**
 * The fields of a logfmt line (`level=info msg="two words" flag`), in order. A name without a value is `true`; a value
 * in quotes may hold escaped quotes. A word that is no field in an otherwise plain line is taken as a flag, so callers
 * that meet free text should look at `isLogfmt` first.
 */
export function parseLogfmt(line: string): [name: string, value: string][] {
  const field = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"?|([^\s]*)))?/g;
  return [...line.matchAll(field)].map(([, name, quoted, plain]) => [
    name!,
    quoted === undefined ? (plain ?? 'true') : unquote(quoted),
  ]);
}

/** Whether a line looks like logfmt: at least two fields with a value. */
export function isLogfmt(line: string): boolean {
  return (line.match(/(?:^|\s)[\w.@-]+=(?:"|[^\s=])/g)?.length ?? 0) >= 2;
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 't' ? '\t' : character,
  );
}
