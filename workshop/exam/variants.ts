import { COMPONENTS } from '../alloy/components.ts';
import { parse } from '../alloy/parser.ts';
import type { Block } from '../alloy/syntax.ts';

/** Writes a configuration in other ways with the same meaning. */
export const REWRITES: Record<string, (text: string) => string> = {
  'other labels': (text) =>
    components(text).reduce((text, { name, label }) => {
      const renamed = text.replaceAll(`${name}.${label}.`, `${name}.my_${label}.`);
      return renamed.replace(`${name} "${label}"`, `${name} "my_${label}"`);
    }, text),
  'last component first': (text) =>
    parse(text)
      .body.map(({ at }, index, body) => text.slice(at.offset, body[index + 1]?.at.offset))
      .map((part) => part.replace(/^\/\/.*\n/gm, ''))
      .reverse()
      .join('\n'),
  'on as few lines as possible': (text) =>
    text
      .replace(/^\s*\/\/.*\n/gm, '')
      .replace(/[\t ]+/g, ' ')
      .replace(/\n\n+/g, '\n'),
  'comments everywhere, and Windows line endings': (text) =>
    text.replace(/\n/g, ' // really? "yes" { }\r\n').replace(/^/, '/* x */ '),
  'raw strings': (text) => text.replace(/(?<== )"([^"\\\n]*)"(?=\s*$)/gm, '`$1`'),
  'concatenated lists': (text) => text.replace(/forward_to(\s*)= (\[[^\]]*\])/g, 'forward_to$1= array.concat([], $2)'),
  'a second destination': (text) =>
    ['prometheus', 'loki', 'pyroscope'].reduce((text, space) => addDestination(text, space), text),
  'additional components': (text) =>
    `${text}\nprometheus.exporter.self "extra" { }\n\nprometheus.scrape "extra" {\n\ttargets = prometheus.exporter.self.extra.targets\n\tforward_to = [prometheus.echo.extra.receiver]\n}\n\nprometheus.echo "extra" { }\n`,
  'computed values': (text) => text.replace(/"http:\/\/(\w+):/g, '"http://" + "$1:'),
};

function components(text: string): { name: string; label: string }[] {
  return parse(text).body.flatMap((block) =>
    block.type === 'block' && block.label && block.name in COMPONENTS ? [{ name: block.name, label: block.label }] : [],
  );
}

/** An echo next to the component that writes: both receive all data. */
function addDestination(text: string, space: string): string {
  const writes = parse(text).body.find(
    (block): block is Block =>
      block.type === 'block' && [`${space}.write`, `${space}.remote_write`].includes(block.name),
  );
  if (!writes || space === 'pyroscope') return text;
  const receiver = `${writes.name}.${writes.label}.receiver`;
  return `${text.replaceAll(receiver, `${receiver}, ${space}.echo.beside.receiver`)}\n${space}.echo "beside" { }\n`;
}
