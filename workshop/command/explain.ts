import type { Finding } from '../check/finding.ts';
import { NOT_OPEN } from '../live/ask.ts';

// Every message about what a check found.

type Args = Finding['args'];

const meant = ({ suggestion }: Args) => (suggestion ? ` Did you mean ${suggestion}?` : '');
const list = (value: Args[string] | undefined, word = ', ') =>
  Array.isArray(value) ? value.join(word) : String(value);
const via = ({ through }: Args) => (Array.isArray(through) && through.length > 0 ? ` through ${list(through)}` : '');
const inside = (attribute: Args[string] | undefined) => String(attribute).replaceAll('/', ' → ');

const SENTENCES: Record<string, (args: Args) => string> = {
  // The file.
  'no-file': ({ file, lesson }) =>
    `${file} does not exist. This command creates your file: npm run workshop start ${lesson}`,
  'unreadable-file': ({ file, reason }) => `${file} can't be read: ${reason}`,
  // Syntax.
  'unterminated-string': () => 'this string has no closing quote',
  'unterminated-comment': () => 'this comment has no closing */',
  'single-quotes': () => 'strings need double quotes, not single quotes',
  'unknown-escape': ({ escape: sequence }) => `${sequence} is not an escape sequence; a backslash is written \\\\`,
  'illegal-character': ({ character }) => `the character ${character} is not allowed here`,
  unexpected: ({ expected, got }) =>
    `expected ${expected}, but found ${got}${/^(ms|s|m|h)$/.test(String(got)) ? '; a duration needs double quotes' : ''}`,
  'missing-comma': ({ close, got }) => `expected a comma or ${close}, but found ${got}`,
  'bad-label': ({ label }) =>
    `${label} is not a valid label: use letters, digits and _, in double quotes, not starting with a digit`,
  'unclosed-block': ({ name }) => `the block ${name} has no closing brace`,
  'dotted-attribute': ({ name }) => `${name}: an attribute name can't contain dots`,
  'labelled-attribute': ({ name }) => `${name}: an attribute can't have a label`,
  yaml: ({ reason }) => `this is not valid YAML: ${reason}`,
  // Names and connections.
  'attribute-outside': ({ name }) => `the attribute ${name} is outside of any block`,
  'unknown-component': (args) => `there is no component ${args.name}.${meant(args)}`,
  'missing-label': ({ name }) => `${name} needs a label: ${name} "default" { … }`,
  'needless-label': ({ name }) => `${name} can't have a label`,
  duplicate: ({ name, label, line }) => `${name}${label ? ` "${label}"` : ''} already exists, on line ${line}`,
  'unknown-function': (args) => `there is no function ${args.name}.${meant(args)}`,
  'unknown-reference': (args) => `${args.name} refers to nothing in this file.${meant(args)}`,
  'unknown-field': (args) => `${args.component} has no export ${args.field}.${meant(args)}`,
  'missing-field': ({ component, suggestion }) =>
    `${component} is a component; reference its export ${component}.${suggestion}`,
  'missing-block': ({ component, attribute, blocks }) =>
    `${inside(attribute)} of ${component} needs a block ${list(blocks, ' or ')}, even if it is empty`,
  'wrong-type': ({ component, attribute, given, wanted }) =>
    `${component} can't use ${given} in ${inside(attribute)}, which needs a ${wanted}`,
  'not-a-list': ({ component, attribute }) =>
    `${inside(attribute)} of ${component} is a list: write it in brackets, […]`,
  cycle: ({ components }) => `these components reference each other in a cycle: ${list(components, ' → ')}`,
  'unreadable-module': ({ name }) => `the checker can't see what is inside ${name}`,
  'unused-part': ({ name }) => `${name} is in no pipeline`,
  // Intent.
  'missing-component': ({ kind }) => `there is no ${kind} yet`,
  'missing-attribute': ({ component, attribute }) => `${inside(attribute)} is missing in ${component}`,
  'wrong-value': ({ component, attribute, given }) => `${inside(attribute)} of ${component} is ${given}`,
  'missing-value': ({ component, attribute, wanted, given }) =>
    `${inside(attribute)} of ${component} lacks "${wanted}"${given ? ` (it has "${given}")` : ''}`,
  'computed-value': ({ component, attribute }) =>
    `${attribute ? `${inside(attribute)} of ` : ''}${component} is only known while Alloy is running`,
  'not-foreseen': ({ what }) => `the effect of ${what} can't be predicted here`,
  'no-way': (args) => `no data gets from ${args.from} to ${args.to}${via(args)}: the path ends at ${args.stuck}`,
  'wrong-way': (args) => `data gets from ${args.from} to ${args.to}, but not${via(args)}`,
  'way-around': (args) => `some data gets from ${args.from} to ${args.to} without going${via(args)}`,
  'unwanted-way': ({ from, to }) => `${to} must not get the output of ${from}`,
  dropped: ({ from, to }) => `data from ${from} is dropped on the way to ${to}`,
  'not-dropped': ({ to }) => `this should be dropped, but reaches ${to}`,
  twice: ({ to, times }) => `the same data arrives at ${to} ${times === 2 ? 'twice' : `${times} times`}`,
  'missing-label-value': ({ name, wanted }) => `the label ${name} is missing; it should be "${wanted}"`,
  'wrong-label': ({ name, given, wanted }) => `the label ${name} is "${given}"; it should be "${wanted}"`,
  'surplus-label': ({ name, given }) => `there is an extra label: ${name}="${given}"`,
  'wrong-line': ({ given }) => `the line has become ${given}`,
  secret: ({ name, given }) => `the secret is still in ${name}: ${given}`,
  'wrong-timestamp': ({ given, wanted }) =>
    given
      ? `the timestamp is ${given}; it should be ${wanted}, the time in the line`
      : 'the timestamp is not taken from the line',
  'wrong-metadata': ({ name, given }) => `the structured metadata ${name} is ${given ? `"${given}"` : 'missing'}`,
  'wrong-attribute': ({ name, given, wanted }) => `the attribute ${name} is "${given}"; it should be "${wanted}"`,
  // Alloy.
  'no-alloy': ({ name, url, command, log }) =>
    `${name} does not respond at ${url}. Start it with: ${command}\n  If it stops again, its log shows what is wrong with the file: ${log}`,
  'broke-off': ({ log }) =>
    `Alloy closed the connection while loading the file, probably because a component has an invalid value. Its log shows which: ${log}`,
  'other-configuration': ({ command }) => `Alloy runs another configuration. Switch to this one with: ${command}`,
  refused: ({ message }) => `Alloy rejects the file: ${message}`,
  'port-in-use': ({ message }) =>
    `Alloy can't open a port: ${message}. Either two components use the same port, or Alloy has not closed it yet: check again`,
  unhealthy: ({ component, message }) => `${component} is unhealthy: ${message}`,
  'no-flow-here': ({ from, to }) => `no data flows from ${from} to ${to}`,
  'no-traffic': ({ component }) => `no data has reached ${component} yet`,
  // The backends.
  'no-backend': ({ name, url, command }) => `${name} does not respond at ${url}. Start it with: ${command}`,
  slow: ({ url }) => `${url} did not respond in time. Check again`,
  'not-sent': ({ url, reason }) =>
    NOT_OPEN.includes(String(reason)) ? `nothing listens at ${url}` : `the checker could not send to ${url}: ${reason}`,
  'not-arrived': ({ query, seconds }) => `nothing arrived within ${seconds} s: ${query}`,
  'not-yet': ({ query, seconds, patience }) =>
    `nothing arrived within ${seconds} s, but this configuration may take ${patience} s: check again (${query})`,
  'wrong-count': ({ query, given, wanted }) => `${given} arrived instead of ${wanted}: ${query}`,
  'too-many': ({ query, given, wanted }) => `${given} arrived, but at most ${wanted} should: ${query}`,
  'outage-not-tried': ({ command }) => `this needs an outage of the backends: ${command}`,
  lost: ({ name, given, wanted }) => `${name}: ${given} of ${wanted} arrived`,
};

export const CODES = Object.keys(SENTENCES);

/** The message for a finding. */
export function explain({ code, args }: Finding): string {
  const sentence = SENTENCES[code];
  return sentence ? sentence(args) : code;
}
