import path from 'node:path';
import { parseArgs } from 'node:util';
import { MAX_SECONDS } from '@mythical/common/conditions';
import { UserError } from '@mythical/common/lifecycle';
import { PAGE_PORT, SERVICES, type ServiceKey } from '@mythical/common/services';
import { loadEnvFile } from '../command/env-file.ts';
import { FAILED } from '../command/exit-codes.ts';
import { terminal } from '../command/terminal.ts';
import { WORK_FOLDER } from '../command/work.ts';
import { stackOf } from '../live/stack.ts';
import { answerCommand, type Context, revealCommand, showCauses, startCommand, stopCommand } from './commands.ts';

const MAX_MINUTES = MAX_SECONDS / 60;

const HELP = `npm run incident -- --seed 7      start one or two hidden faults; the same seed always gives the same faults
  --minutes N                    how long they last: 20 by default, ${MAX_MINUTES} at most

npm run incident causes          list the possible causes
npm run incident answer          submit the service, cause, start and a trace that shows it; asks for missing parts
  -- --service NAME --cause NAME --start 14:03 --trace ID
npm run incident reveal          give up: show the faults and their evidence
npm run incident stop            end the incident`;

const TEXT = { type: 'string' } as const;
const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  ...{ seed: TEXT, minutes: TEXT, service: TEXT, cause: TEXT, start: TEXT, trace: TEXT },
} as const;

function contextOf(env: NodeJS.ProcessEnv): Context {
  const at = (variable: string, port: number) => `http://127.0.0.1:${env[variable] || port}`;
  const service = (key: ServiceKey) =>
    at(`${SERVICES[key].name.toUpperCase().replace('-', '_')}_PORT`, SERVICES[key].port);
  // Grafana's and lens's ports have different variables.
  const page = at(env.LENS_PORT ? 'LENS_PORT' : 'GRAFANA_PORT', PAGE_PORT);
  return {
    file: path.join(env.WORKSHOP_FOLDER ?? WORK_FOLDER, 'incident.json'),
    terminal,
    services: { server: service('server'), recorder: service('recorder'), requester: service('requester') },
    addresses: { ...stackOf(env), page },
  };
}

async function main(args: string[]): Promise<number> {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    return fail((error as Error).message);
  }
  const { values, positionals } = parsed;
  const { seed, minutes = '20', help, ...given } = values;
  const [command = seed === undefined ? 'help' : 'start'] = positionals;
  if (help || command === 'help') {
    console.log(HELP);
    return 0;
  }
  const context = contextOf(process.env);
  switch (command) {
    case 'start':
      if (seed !== undefined && !/^\d{1,9}$/.test(seed)) return fail(`--seed takes a whole number, not ${seed}`);
      if (!/^\d+$/.test(minutes) || Number(minutes) < 1 || Number(minutes) > MAX_MINUTES)
        return fail(`--minutes takes a whole number from 1 to ${MAX_MINUTES}, not ${minutes}`);
      return startCommand(context, Number(seed ?? Math.floor(Math.random() * 1e6)), Number(minutes));
    case 'answer':
      return answerCommand(context, given);
    case 'causes':
      showCauses(terminal);
      return 0;
    case 'reveal':
      return revealCommand(context);
    case 'stop':
      return stopCommand(context);
    default:
      return fail(`There is no command ${command}.`);
  }
}

const parse = (args: string[]) => parseArgs({ args, options: OPTIONS, allowPositionals: true });

function fail(text: string): number {
  console.error(`${text}\n\n${HELP}`);
  return FAILED;
}

loadEnvFile();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = FAILED;
}
