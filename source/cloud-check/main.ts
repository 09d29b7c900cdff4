// Checks the endpoints of Grafana Cloud: `npm run cloud:check` for people; and before everything else in
// docker-compose-cloud.yml, where it also writes what Alloy reads. The exit code is 0 if every signal arrives; with
// --write, also if it will once the endpoint is back.
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import type { Verdict } from './explain.ts';
import { forAlloy, tracesAuthorization, tracesAuthorizationFile } from './for-alloy.ts';
import { print, printFaults } from './print.ts';
import { LOCAL_FILE, readEndpoints, TRACKED_FILE } from './read-endpoints.ts';

const USAGE = `Usage: npm run cloud:check
  sends one sample of each signal to the endpoints in alloy/${LOCAL_FILE}, and prints what they answer.

Options (after --), which docker-compose-cloud.yml uses
  --from FOLDER   the folder of the endpoints, in place of alloy
  --write FILE    writes what Alloy reads, unless something has to be fixed first
  --quiet         prints only what does not work`;

try {
  process.loadEnvFile();
} catch {
  // Without a .env, all variables are those of the shell.
}

const options = readOptions();
const read = await readEndpoints(options.from, process.env);
const report = await check(read);
const has = (outcome: Verdict['outcome']) => report.verdicts.some(({ verdict }) => verdict.outcome === outcome);
const isRefused = report.problems.length > 0 || has('refused');
if (isRefused || (has('away') && options.write === undefined)) process.exitCode = 1;

const text = options.quiet ? printFaults(report) : print(report);
if (text !== '') console.log(text);
if (!options.quiet) console.log(`\n${whatNext()}`);
if (options.write !== undefined && !isRefused) await write(options.write);

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', default: path.join(import.meta.dirname, '../../alloy') },
        write: { type: 'string' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (!values.help) return values;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    process.exit(2);
  }
}

function whatNext(): string {
  if (isRefused) {
    const again = options.write ? 'docker compose -f docker-compose-cloud.yml up -d' : 'npm run cloud:check';
    return `The values belong in alloy/${LOCAL_FILE}, a copy of alloy/${TRACKED_FILE} that git ignores;
or in variables, GRAFANA_CLOUD_…: docs/ways-to-run.md. Then again: ${again}`;
  }
  if (!has('away')) return 'All four signals arrive.';
  return options.write ? 'Alloy starts: it keeps what it can’t send, and tries again.' : 'Try again later.';
}

async function write(file: string): Promise<void> {
  try {
    await writeSecret(file, JSON.stringify(forAlloy(read.endpoints)));
    await writeSecret(tracesAuthorizationFile(file), tracesAuthorization(read.endpoints));
  } catch (error) {
    console.error(`\n${file} can't be written: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

/** In one step: Alloy, which watches the file, never sees half of it. */
async function writeSecret(file: string, content: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, file);
}
