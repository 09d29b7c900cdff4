// Checks the Grafana Cloud endpoints. Users run it as `npm run cloud:check`; docker-compose-cloud.yml runs it before all
// other services, and has it write Alloy's endpoints file. The exit code is 0 if all signals are accepted; with --write,
// also if an endpoint is only temporarily unavailable.
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import type { Verdict } from './explain.ts';
import { forAlloy, tracesAuthorization, tracesAuthorizationFile } from './for-alloy.ts';
import { print, printFaults } from './print.ts';
import { LOCAL_FILE, readEndpoints, TRACKED_FILE } from './read-endpoints.ts';

const USAGE = `Usage: npm run cloud:check
  sends one sample of each signal to the endpoints in alloy/${LOCAL_FILE}, and prints the responses.

Options (after --), which docker-compose-cloud.yml uses
  --from FOLDER   the folder of the endpoints file, instead of alloy
  --write FILE    writes Alloy's endpoints file, unless something has to be fixed first
  --quiet         only prints problems`;

try {
  process.loadEnvFile();
} catch {
  // Without a .env file, only the shell's variables count.
}

const options = readOptions();
const read = await readEndpoints(options.from, process.env);
const report = await check(read);
const has = (outcome: Verdict['outcome']) => report.verdicts.some(({ verdict }) => verdict.outcome === outcome);
const isRefused = report.problems.length > 0 || has('refused');
if (isRefused || (has('retryable') && options.write === undefined)) process.exitCode = 1;

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
or in the variables GRAFANA_CLOUD_…: docs/ways-to-run.md. Then run: ${again}`;
  }
  if (!has('retryable')) return 'The endpoints accept all four signals.';
  return options.write ? 'Alloy starts: it keeps what it can’t send, and retries.' : 'Try again later.';
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

/** Atomically: Alloy watches the file and must not see it half written. */
async function writeSecret(file: string, content: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, file);
}
