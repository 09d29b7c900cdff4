// npm run test:e2e: finds out which sandbox is running on this machine, and tests its signals.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PAGE_PORT } from '@mythical/common/services';
import { ADDRESSES, WITHOUT } from './stack/addresses.ts';

const LENS_URL = process.env.LENS_URL ?? `http://localhost:${PAGE_PORT}`;

const answers = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(3_000) }).then(
    ({ ok }) => ok,
    () => false,
  );

/** One suite after the other, because they put load on the sandbox and would disturb each other. */
function run(...suites: string[]): never {
  const statuses = suites.map((suite) => {
    const file = path.join(import.meta.dirname, suite);
    const arguments_ = ['--test', '--test-timeout=300000', file, ...process.argv.slice(2)];
    return spawnSync(process.execPath, arguments_, { stdio: 'inherit' }).status ?? 1;
  });
  process.exit(Math.max(...statuses));
}

const STACK_SUITES = readdirSync(import.meta.dirname).filter((file) => /^stack-.*\.e2e\.ts$/.test(file));

/** A sandbox that has just been started is slow to respond. */
const DEADLINE = Date.now() + 90_000;

do {
  if (await answers(`${LENS_URL}/api/summary`)) {
    console.log(`Testing \`npm start\`, through lens at ${LENS_URL}.`);
    run('embedded.e2e.ts');
  }
  if (await answers(`${ADDRESSES.mimir}/ready`)) {
    console.log(`Testing Docker Compose, through Mimir at ${ADDRESSES.mimir} and the other backends.`);
    for (const component of WITHOUT) console.log(`not run: ${component}`);
    run(...STACK_SUITES, 'dashboards.e2e.ts');
  }
  await sleep(1_000);
} while (Date.now() < DEADLINE);

console.error(`No sandbox is running here: neither lens (npm start) answers at ${LENS_URL},
nor Mimir (docker compose up -d) at ${ADDRESSES.mimir}. Start one of them first.`);
process.exit(1);
