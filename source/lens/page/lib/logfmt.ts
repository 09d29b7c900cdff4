/**
 * Parses a logfmt line (`level=info msg="two words" flag`) into its fields, in order. Keys without a value are `true`;
 * quoted values may contain escaped quotes. Every other word counts as a flag, so check `isLogfmt` for free text.
 */
export function parseLogfmt(line: string): [name: string, value: string][] {
  const field = /([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"?|([^\s]*)))?/g;
  return [...line.matchAll(field)].map(([, name, quoted, plain]) => [
    name!,
    quoted === undefined ? (plain ?? 'true') : unquote(quoted),
  ]);
}

/** Whether a line looks like logfmt: at least two key=value pairs. */
export function isLogfmt(line: string): boolean {
  return (line.match(/(?:^|\s)[\w.@-]+=(?:"|[^\s=])/g)?.length ?? 0) >= 2;
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 't' ? '\t' : character,
  );
}
