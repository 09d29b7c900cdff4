import { parseArgs } from 'node:util';
import { metadata } from '@mythical/common/config';
import { environment } from './settings.ts';

/** The options, or a text to print instead of starting. */
export type CommandLine = { reset: boolean } | { text: string; exitCode: number };

export function parseCommandLine(args: string[]): CommandLine {
  const options = { help: { type: 'boolean', short: 'h' }, reset: { type: 'boolean' } } as const;
  try {
    const { values } = parseArgs({ args, options });
    return values.help ? { text: helpText(), exitCode: 0 } : { reset: values.reset ?? false };
  } catch (error) {
    return { text: `${(error as Error).message}\n\n${helpText()}`, exitCode: 1 };
  }
}

function helpText(): string {
  const names = Object.keys(environment.shape) as (keyof typeof environment.shape)[];
  const variables = names.map((name) => `  ${name.padEnd(24)} ${metadata(environment.shape[name])?.description}`);
  return `npm start [-- options]

Starts the whole sandbox on this machine: Postgres, lens, the three services, and the browser app.

Options
  --reset   delete the data of earlier runs first
  --help    show this text

Environment variables
${variables.join('\n')}
  and the variables of lens and the services, which are passed on`;
}
