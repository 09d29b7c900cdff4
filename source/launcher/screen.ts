import { relative } from 'node:path';
import { styleText } from 'node:util';
import { vocabularyOf } from '@mythical/common/vocabulary';
import { publicUrl } from './child-environment.ts';
import type { DataFolder } from './data-folder.ts';
import type { FirstTrace } from './first-trace.ts';
import type { Settings } from './settings.ts';

/** The launcher's output: progress, then a summary of URLs and things to try. */
export type Screen = {
  heading(): void;
  /** Prints when a part became ready, in seconds since the launcher started, and its address. */
  ready(name: string, address: string): void;
  welcome(facts: WelcomeFacts): void;
  note(text: string): void;
};

export type WelcomeFacts = {
  settings: Settings;
  folder: Pick<DataFolder, 'path' | 'logs'>;
  /** Undefined if there was none in time. */
  trace: FirstTrace | undefined;
};

export type Output = { write(text: string): unknown; isTTY?: boolean };
type Paint = (style: 'bold' | 'cyan' | 'dim' | 'green', text: string) => string;

const NAME_WIDTH = 22;

export function createScreen(output: Output = process.stdout, env: NodeJS.ProcessEnv = process.env): Screen {
  const colour = output.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const line = (text = '') => output.write(`${text}\n`);
  return {
    heading: () => line(`${paint('bold', 'Mythical')} is starting`),
    ready(name, address) {
      const seconds = (performance.now() / 1000).toFixed(1);
      line(`  ${name.padEnd(NAME_WIDTH)} ${paint('green', 'ready')} after ${seconds} s  ${paint('dim', address)}`);
    },
    welcome: (facts) => line(welcomeText(facts, paint)),
    note: (text) => line(text),
  };
}

/** The commands are complete, to be copied and run. */
export function welcomeText({ settings, folder, trace }: WelcomeFacts, paint: Paint = (_, text) => text): string {
  const { ports, listen } = settings;
  const page = publicUrl(listen.lens, ports.LENS_PORT);
  const api = publicUrl(listen.services, ports.MYTHICAL_SERVER_PORT).replace('http://', '');
  const kind = vocabularyOf(settings.endpointType).kinds[0]!.name;
  const json = `-H 'content-type: application/json' -d`;
  const places = [
    ['the control room', paint('cyan', publicUrl(listen.services, ports.MYTHICAL_FRONTEND_PORT))],
    ['telemetry, in lens', paint('cyan', page)],
    ['your first trace', trace ? paint('cyan', `${page}/#/trace/${trace.id}`) : 'none yet'],
    ['the API', paint('cyan', `http://${api}/${kind}`)],
    ['data and logs', `${short(folder.path)}, ${short(folder.logs)}`],
  ];
  const ideas = [
    [`create a ${kind}`, `curl -X POST ${api}/${kind} ${json} '{"name":"Amalthea"}'`],
    [
      'slow the database down for a minute, and watch it in lens',
      `curl -X POST ${api}/scenarios ${json} '{"name":"slow-database"}'`,
    ],
    [
      'query spans, logs, metrics and profiles in SQL',
      `curl ${page.replace('http://', '')}/api/query ${json} '{"sql":"select service, count(*) from spans group by service"}'`,
    ],
  ];
  return [
    '',
    trace
      ? `${paint('bold', 'Mythical is running')}: first full trace after ${trace.seconds.toFixed(1)} s`
      : `${paint('bold', 'Mythical is running')}, but lens has no trace across all three services yet: see ${short(folder.logs)}`,
    '',
    'Where to look',
    ...places.map(([name, place]) => `  ${name!.padEnd(NAME_WIDTH)} ${place}`),
    '',
    'What to try',
    ...ideas.flatMap(([idea, command]) => [`  ${idea}`, `    ${paint('dim', command!)}`]),
    '',
    'Ctrl-C stops everything. npm start -- --help shows the options.',
  ].join('\n');
}

/** The path relative to the working directory, if that is shorter. */
function short(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}
