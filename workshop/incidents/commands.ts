import { SERVICES } from '@mythical/common/services';
import { CANNOT_TELL, FAILED, PASSED } from '../command/exit-codes.ts';
import type { Terminal } from '../command/terminal.ts';
import { NoAnswer } from '../live/ask.ts';
import { CATALOGUE } from './catalogue.ts';
import { AFTER_SECONDS, type Draw, draw } from './draw.ts';
import { type Answer, bestGrade, type Grade, PARTS, parseStart } from './grade.ts';
import { endAll, inject } from './inject.ts';
import { type Fault, type Incident, loadIncident, removeIncident, type Services, saveIncident } from './record.ts';
import { type Addresses, type Backend, findBackend } from './trace.ts';

export type Context = { file: string; terminal: Terminal; services: Services; addresses: Addresses };

const CAUSES = Object.entries(CATALOGUE).toSorted(([one], [other]) => one.localeCompare(other));
const NAMES: string[] = Object.values(SERVICES).map(({ name }) => name);

export async function startCommand(context: Context, seed: number, minutes: number): Promise<number> {
  const { file, terminal, services, addresses } = context;
  const { say, style } = terminal;
  const before = await loadIncident(file);
  if (before?.faults.some(({ until }) => until > Date.now())) {
    say('An incident is already running: answer it, or stop it with npm run incident stop.');
    return FAILED;
  }
  const draws = draw(seed);
  const incident: Incident = { seed, minutes, services, addresses, faults: planned(draws, minutes), answers: 0 };
  // Before the faults start: after Ctrl-C, none may be left without a record.
  await saveIncident(file, incident);
  try {
    incident.faults = await inject(services, draws, minutes * 60);
  } catch (error) {
    await removeIncident(file);
    if (!(error instanceof NoAnswer)) throw error;
    say(`${style('red', 'No incident was started')}: ${error.url}: ${error.message}. Is the sandbox running?`);
    say('  Start it with docker compose up -d or npm start. With INCIDENTS=false, services refuse hidden faults.');
    return CANNOT_TELL;
  }
  await saveIncident(file, incident);
  const { page } = await findBackend(addresses);
  say(
    `${style('bold', 'An incident has started.')} Within ${AFTER_SECONDS.max / 60} minutes, one or two services will have a`,
  );
  say(`problem that lasts ${minutes} minutes. Look at ${style('cyan', page)}`);
  say('  npm run incident answer     give the service, the cause, the start time, and a trace that shows the problem');
  say('  npm run incident causes     list the possible causes');
  say('  npm run incident reveal     give up and see the solution');
  return PASSED;
}

const planned = (draws: readonly Draw[], minutes: number): Fault[] =>
  draws.map((one) => {
    const from = Date.now() + one.after * 1000;
    return { ...one, from, until: from + minutes * 60_000, found: false };
  });

export type Given = Partial<Record<'service' | 'cause' | 'start' | 'trace', string>>;

export async function answerCommand(context: Context, given: Given): Promise<number> {
  const { file, terminal } = context;
  const incident = await current(context);
  if (!incident) return FAILED;
  const open = incident.faults.filter(({ found }) => !found);
  if (open.length === 0) {
    terminal.say('You have already found everything. npm run incident reveal shows it again.');
    return PASSED;
  }
  const answer = await complete(given, terminal);
  if (!answer) return FAILED;
  if (incident.faults.some((fault) => fault.found && isAbout(answer, fault))) {
    terminal.say(`You have already found this one. ${MORE}`);
    return FAILED;
  }
  const backend = await findBackend(incident.addresses);
  const { fault, grade } = await bestGrade(open, answer, backend);
  fault.found = PARTS.every((part) => grade[part].verdict === 'passed');
  incident.answers++;
  await saveIncident(file, incident);
  showGrade(grade, backend, terminal);
  if (!fault.found) return PARTS.some((part) => grade[part].verdict === 'failed') ? FAILED : CANNOT_TELL;
  showFault(fault, terminal);
  if (open.length > 1) terminal.say(MORE);
  return PASSED;
}

const MORE = 'There is more: another service has a problem, too.';

const isAbout = ({ service, cause }: Answer, fault: Fault) =>
  SERVICES[fault.service].name === service && fault.cause === cause;

/** Asks for missing parts; without a terminal, reports them. */
async function complete(given: Given, terminal: Terminal): Promise<Answer | undefined> {
  const { say } = terminal;
  const choices = { service: NAMES, cause: CAUSES.map(([cause]) => cause) };
  const ask = async (part: keyof Given, question: string) => {
    if (given[part] === undefined && part === 'cause') showCauses(terminal);
    const text = (given[part] ?? (await terminal.ask(`  ${question} `)) ?? '').trim();
    if (text === '') say(`--${part} is missing: npm run incident answer -- --service … --cause … --start … --trace …`);
    if (text === '' || !(part in choices)) return text;
    const options = choices[part as keyof typeof choices];
    const chosen = options[Number(text) - 1] ?? options.find((name) => name === text || name === `mythical-${text}`);
    if (!chosen) say(`There is no ${part} ${text}: ${options.join(', ')}`);
    return chosen ?? '';
  };
  const service = await ask(
    'service',
    `Which service? ${NAMES.map((name, index) => `${index + 1} ${name}`).join(', ')}`,
  );
  const cause = service && (await ask('cause', 'What is the cause?'));
  const start = cause && (await ask('start', 'When did it start? (such as 14:03, ± 1 min)'));
  const trace = start && (await ask('trace', 'The ID of a trace that shows it?'));
  return trace ? { service, cause, start: parseStart(start), trace } : undefined;
}

const REASONS: Record<Grade['trace']['code'], (backend: Backend) => string> = {
  right: () => 'right',
  wrong: () => 'wrong',
  'no-time': () => 'expected a time such as 14:03, 14:03:20 or 2026-11-21T14:03:20Z',
  'no-id': () => 'a trace ID has 32 hexadecimal digits',
  'no-answer': ({ name }) => `${name} does not respond; try again when it does`,
  'no-trace': ({ name }) => `${name} does not have this trace. Is the ID right? Old traces are deleted`,
  'other-time': () => 'this trace is from another time',
  'too-fresh': () => 'this trace may be incomplete; try again in ten seconds',
  'no-sign': () => 'this trace does not show the problem',
};

function showGrade(grade: Grade, backend: Backend, { say, style }: Terminal): void {
  const marks = { passed: style('green', '✓'), failed: style('red', '✗'), unknown: style('yellow', '?') };
  for (const part of PARTS) {
    const { verdict, code } = grade[part];
    say(`  ${marks[verdict]} ${part.padEnd(8)} ${REASONS[code](backend)}`);
  }
}

function showFault({ service, cause, from, until }: Fault, { say, style }: Terminal): void {
  const time = (at: number) => new Date(at).toLocaleTimeString('en-GB');
  say(`\n  ${style('bold', `${SERVICES[service].name}: ${CATALOGUE[cause].title}`)} (${cause})`);
  say(`  from ${time(from)} to ${time(until)}. Evidence: ${CATALOGUE[cause].evidence}.`);
}

export function showCauses({ say, style }: Pick<Terminal, 'say' | 'style'>): void {
  for (const [index, [cause, { title }]] of CAUSES.entries())
    say(`  ${String(index + 1).padStart(2)} ${cause.padEnd(18)} ${style('dim', title)}`);
}

export async function revealCommand(context: Context): Promise<number> {
  const incident = await current(context);
  if (!incident) return FAILED;
  for (const fault of incident.faults) showFault(fault, context.terminal);
  context.terminal.say('\n  npm run incident stop ends the incident now.');
  return PASSED;
}

export async function stopCommand({ file, terminal, services }: Context): Promise<number> {
  // Also without a record that can be read, faults may be on.
  const incident = await loadIncident(file).catch(() => undefined);
  const silent = await endAll(incident?.services ?? services);
  await removeIncident(file);
  terminal.say(
    silent.length === 0 ? 'The incident has ended.' : 'The incident is removed. Not every service responded:',
  );
  for (const url of silent) terminal.say(`  ${url}: a fault there ends on schedule, or when the service stops.`);
  return PASSED;
}

async function current({ file, terminal }: Context): Promise<Incident | undefined> {
  const incident = await loadIncident(file);
  if (!incident) terminal.say('There is no incident. Start one: npm run incident -- --seed 7');
  return incident;
}
