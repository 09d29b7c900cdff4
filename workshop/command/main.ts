import path from 'node:path';
import { parseArgs, styleText } from 'node:util';
import { stackOf } from '../live/stack.ts';
import { answerCommand, checkCommand, hintCommand, resetCommand, solveCommand, startCommand } from './commands.ts';
import { loadEnvFile } from './env-file.ts';
import { listLessons } from './list.ts';
import { outageCommand } from './outage.ts';
import { terminal } from './terminal.ts';
import { watch } from './watch.ts';
import { openWork, WORK_FOLDER } from './work.ts';

const HELP = `npm run workshop [command]

  list           lessons and progress (the default)
  start N        start lesson N, or return to it: your file is workshop/work/config.alloy
  watch          check each time you save
  check          check once
  hint           the next hint: a nudge, where to look, the answer
  answer TEXT    answer the lesson's question
  solve          replace your file with the solution; your work is saved
  reset          replace your file with the starter; your work is saved
  outage         lesson 11: stop the backends for a minute, and count what arrives

  npm run incident -- --seed 7                find a hidden fault in the running sandbox
  npm run workshop start exam -- --seed 7     the exam, generated from a seed
  npm run workshop check -- --file FILE       check another file
  npm run workshop check -- --offline         check without Alloy and the backends`;

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  seed: { type: 'string' },
  file: { type: 'string' },
  offline: { type: 'boolean' },
} as const;

async function main(args: string[]): Promise<number> {
  const parsed = parse(args);
  if ('problem' in parsed) return fail(`${parsed.problem}\n\n${HELP}`);
  const { values, positionals } = parsed;
  const [command = 'list', ...rest] = positionals;
  if (values.help || command === 'help') {
    console.log(HELP);
    return 0;
  }
  const work = await openWork(process.env.WORKSHOP_FOLDER ?? WORK_FOLDER);
  // npm runs scripts in the root folder.
  const file = values.file === undefined ? undefined : path.resolve(process.env.INIT_CWD ?? '', values.file);
  const context = { work, terminal, stack: stackOf(process.env), file, offline: values.offline ?? false };
  switch (command) {
    case 'list':
      listLessons(work.progress, terminal);
      return 0;
    case 'start':
      return startCommand(context, rest[0], values.seed);
    case 'watch':
      return watch(context);
    case 'check':
      return checkCommand(context);
    case 'hint':
      return hintCommand(context);
    case 'answer':
      return answerCommand(context, rest.join(' '));
    case 'solve':
      return solveCommand(context);
    case 'reset':
      return resetCommand(context);
    case 'outage':
      return outageCommand(context);
    default:
      return fail(`Unknown command: ${command}.\n\n${HELP}`);
  }
}

/** npm keeps options that don't come after `--`, and mentions them only in the environment. */
function parse(args: string[]) {
  try {
    const { npm_config_seed: seed, npm_config_file: file } = process.env;
    if (seed ?? file) return { problem: 'Options come after --: npm run workshop start exam -- --seed 7' };
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    return { problem: (error as Error).message };
  }
}

function fail(text: string): number {
  console.error(styleText('red', text.split('\n')[0]!) + text.slice(text.indexOf('\n')));
  return 1;
}

loadEnvFile();
process.exitCode = await main(process.argv.slice(2));
