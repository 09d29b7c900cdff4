// Checks the endpoints of Grafana Cloud. As `npm run cloud:check` for people; and before everything else in
// docker-compose-cloud.yml, where it also writes down what Alloy reads:
//
//   node main.ts                      exit code 0 where every signal arrives
//   node main.ts --write <file>       … or where it will once the endpoint is back; then writes <file>
//   node main.ts --watch <seconds>    goes on, and says a line when an answer changes
import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { check } from './check.ts';
import { forAlloy, tracesAuthorization, tracesAuthorizationFile } from './for-alloy.ts';
import { print } from './print.ts';
import { LOCAL_FILE, readEndpoints, TRACKED_FILE } from './read-endpoints.ts';
import { watch } from './watch.ts';

const USAGE = `Usage: npm run cloud:check
  sends one sample of each signal to the endpoints in alloy/${LOCAL_FILE}; says what they answer.

Options (after --), which docker-compose-cloud.yml uses
  --from FOLDER     the folder of the endpoints, in place of alloy
  --write FILE      writes what Alloy reads, unless something has to be mended first
  --watch SECONDS   goes on, and says a line when an answer changes
  --mark FILE       with --watch: a file that is written anew after each time, so that its age shows that it goes on`;

try {
  process.loadEnvFile();
} catch {
  // There is no .env: all variables are those of the shell.
}

const options = readOptions();
const seconds = Number(options.watch);
/** A day. Above 24.8 of them a timer of Node ends at once. */
const MAX_SECONDS = 86_400;

if (options.watch === undefined) {
  await checkOnce();
} else if (!(seconds >= 1 && seconds <= MAX_SECONDS)) {
  console.error(`--watch takes a number of seconds, 1 to ${MAX_SECONDS}, not “${options.watch}”`);
  process.exitCode = 2;
} else {
  const end = new AbortController();
  process.once('SIGTERM', () => end.abort()).once('SIGINT', () => end.abort());
  await watch(() => readEndpoints(options.from, process.env), {
    everyMs: seconds * 1000,
    say: console.log,
    onRound: async () => {
      if (options.mark) await writeFile(options.mark, '');
    },
    until: end.signal,
  });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        from: { type: 'string', default: path.join(import.meta.dirname, '../../alloy') },
        write: { type: 'string' },
        watch: { type: 'string' },
        mark: { type: 'string' },
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

async function checkOnce(): Promise<void> {
  const read = await readEndpoints(options.from, process.env);
  const report = await check(read);
  console.log(print(report, read.warnings));

  const refused = report.problems.length > 0 || report.verdicts.some(({ verdict }) => verdict.outcome === 'refused');
  const away = report.verdicts.some(({ verdict }) => verdict.outcome === 'away');
  if (refused) {
    const again =
      options.write === undefined ? 'npm run cloud:check' : 'docker compose -f docker-compose-cloud.yml up -d';
    console.log(`
The values belong into alloy/${LOCAL_FILE}, a copy of alloy/${TRACKED_FILE} that git ignores;
or into variables, GRAFANA_CLOUD_…: docs/ways-to-run.md. Then again: ${again}`);
    process.exitCode = 1;
  } else if (options.write === undefined) {
    if (away) process.exitCode = 1;
    else console.log('\nAll four signals arrive.');
  } else {
    try {
      await writeSecret(options.write, JSON.stringify(forAlloy(read.endpoints)));
      await writeSecret(tracesAuthorizationFile(options.write), tracesAuthorization(read.endpoints));
    } catch (error) {
      console.error(`\n${options.write} can't be written: ${(error as Error).message}`);
      process.exitCode = 1;
      return;
    }
    console.log(
      away
        ? '\nStarted all the same: Alloy keeps what is meant for it, and tries again.'
        : '\nAll four signals arrive.',
    );
  }
}

/** At once: Alloy, which watches it, never sees half of it. */
async function writeSecret(file: string, content: string): Promise<void> {
  const unfinished = `${file}.unfinished`;
  await rm(unfinished, { force: true });
  await writeFile(unfinished, content, { mode: 0o600 });
  await rename(unfinished, file);
}
