import type { Finding } from '../check/finding.ts';

// Every sentence that says what a check found.

type Args = Finding['args'];

const meant = ({ suggestion }: Args) => (suggestion ? ` Did you mean ${suggestion}?` : '');
const list = (value: Args[string] | undefined, word = ', ') =>
  Array.isArray(value) ? value.join(word) : String(value);
const via = ({ through }: Args) => (Array.isArray(through) && through.length > 0 ? ` by way of ${list(through)}` : '');
const inside = (attribute: Args[string] | undefined) => String(attribute).replaceAll('/', ' → ');

const SENTENCES: Record<string, (args: Args) => string> = {
  // The file.
  'no-file': ({ lesson }) => `there is no file yet: npm run workshop start ${lesson}`,
  'unreadable-file': ({ file, reason }) => `${file} can't be read: ${reason}`,
  // Syntax.
  'unterminated-string': () => 'this string has no closing quote',
  'unterminated-comment': () => 'this comment has no closing */',
  'single-quotes': () => 'strings need double quotes, not single quotes',
  'unknown-escape': ({ escape: sequence }) => `${sequence} means nothing in a string; a backslash is written \\\\`,
  'illegal-character': ({ character }) => `the character ${character} has no meaning here`,
  unexpected: ({ expected, got }) => `expected ${expected}, but here is ${got}`,
  'missing-comma': ({ close, got }) => `expected a comma or ${close}, but here is ${got}`,
  'bad-label': ({ label }) => `${label} is no label: letters, digits and _, in double quotes, and no digit first`,
  'unclosed-block': ({ name }) => `the block ${name} has no closing brace`,
  'dotted-attribute': ({ name }) => `${name}: the name of an attribute has no dots`,
  'labelled-attribute': ({ name }) => `${name}: an attribute has no label`,
  yaml: ({ reason }) => `this is no YAML: ${reason}`,
  // Names and connections.
  'attribute-outside': ({ name }) => `the attribute ${name} stands outside of any block`,
  'unknown-component': (args) => `there is no component ${args.name}.${meant(args)}`,
  'missing-label': ({ name }) => `${name} needs a label: ${name} "default" { … }`,
  'needless-label': ({ name }) => `${name} has no label`,
  duplicate: ({ name, label, line }) => `${name} "${label}" exists already, on line ${line}`,
  'unknown-function': (args) => `there is no function ${args.name}.${meant(args)}`,
  'unknown-reference': (args) => `${args.name} refers to nothing in this file.${meant(args)}`,
  'unknown-field': (args) => `${args.component} exports no ${args.field}.${meant(args)}`,
  'missing-field': ({ component, suggestion }) =>
    `${component} is a component; what it exports is ${component}.${suggestion}`,
  'wrong-type': ({ component, attribute, given, wanted }) =>
    `${component} can't use ${given} in ${inside(attribute)}: it takes a ${wanted}`,
  cycle: ({ components }) => `these components refer to each other in a circle: ${list(components, ' → ')}`,
  'unreadable-module': ({ name }) => `the module ${name} can't be read from here`,
  'unused-part': ({ name }) => `${name} is in no pipeline`,
  // Intent.
  'missing-component': ({ kind }) => `there is no ${kind} yet`,
  'missing-attribute': ({ component, attribute }) => `${component} has no ${inside(attribute)}`,
  'wrong-value': ({ component, attribute, given }) => `${inside(attribute)} of ${component} is ${given}`,
  'missing-value': ({ component, attribute, wanted, given }) =>
    `${inside(attribute)} of ${component} lacks "${wanted}"${given ? ` (it has "${given}")` : ''}`,
  'unwanted-value': ({ component, attribute, given }) => `${inside(attribute)} of ${component} must not be "${given}"`,
  'computed-value': ({ component, attribute }) =>
    `${attribute ? `${inside(attribute)} of ` : ''}${component} is known only while Alloy runs`,
  'not-foreseen': ({ what }) => `what ${what} does here can't be foreseen`,
  'no-way': (args) => `nothing gets from ${args.from} to ${args.to}${via(args)}: it ends at ${args.stuck}`,
  'wrong-way': (args) => `data gets from ${args.from} to ${args.to}, but not${via(args)}`,
  'way-around': (args) =>
    `some data gets from ${args.from} to ${args.to} without${via(args).replace(' by way of', '')}`,
  'unwanted-way': ({ from, to }) => `${to} gets what ${from} lets through; it must not`,
  dropped: ({ from, to }) => `what comes from ${from} is dropped on its way to ${to}`,
  'not-dropped': ({ to }) => `this should be dropped, but reaches ${to}`,
  twice: ({ to, times }) => `it arrives at ${to} ${times} times`,
  'missing-label-value': ({ name, wanted }) => `the label ${name} is missing; it should be "${wanted}"`,
  'wrong-label': ({ name, given, wanted }) => `the label ${name} is "${given}"; it should be "${wanted}"`,
  'surplus-label': ({ name, given }) => `there is a label too many: ${name}="${given}"`,
  'wrong-line': ({ given }) => `the line came out as ${given}`,
  secret: ({ name, given }) => `the secret is still in ${name}: ${given}`,
  'wrong-timestamp': ({ given, wanted }) =>
    given ? `the time is ${given}; the line says ${wanted}` : 'the time of the line is not taken from the line',
  'wrong-metadata': ({ name, given }) => `the structured metadata ${name} is ${given ? `"${given}"` : 'missing'}`,
  'wrong-attribute': ({ name, given, wanted }) => `the attribute ${name} is "${given}"; it should be "${wanted}"`,
  // Alloy.
  'no-alloy': ({ url, command }) => `Alloy does not answer at ${url}. ${command} starts it`,
  'other-configuration': ({ command }) => `Alloy runs another configuration. ${command} points it at this one`,
  refused: ({ message }) => `Alloy refuses the file: ${message}`,
  unhealthy: ({ component, message }) => `${component} is not well: ${message}`,
  'no-flow-here': ({ from, to }) => `nothing goes from ${from} to ${to}`,
  'no-traffic': ({ component }) => `nothing has come into ${component} yet`,
  // The backends.
  'no-backend': ({ name, url, command }) => `${name} does not answer at ${url}. ${command} starts it`,
  'not-sent': ({ url, reason }) => `the checker could not send to ${url}: ${reason}`,
  'not-arrived': ({ query, seconds }) => `nothing arrived within ${seconds} s: ${query}`,
  'not-yet': ({ query, seconds, patience }) =>
    `nothing arrived within ${seconds} s, but this configuration may take ${patience} s: check again (${query})`,
  'wrong-count': ({ query, given, wanted }) => `${given} arrived in place of ${wanted}: ${query}`,
  'too-many': ({ query, given, wanted }) => `${given} arrived, of which at most ${wanted} should: ${query}`,
  'outage-not-tried': ({ command }) => `this needs a backend that goes away: ${command}`,
  lost: ({ name, given, wanted }) => `${name}: ${given} arrived of ${wanted}`,
};

export const CODES = Object.keys(SENTENCES);

/** What a check found, in a sentence. */
export function explain({ code, args }: Finding): string {
  const sentence = SENTENCES[code];
  return sentence ? sentence(args) : code;
}
