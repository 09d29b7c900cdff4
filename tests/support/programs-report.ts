// For npm test: first prints which real programs they use, and at the end which were not found.
import { missingOpenssl } from './certificates.ts';
import { missingChromium } from './chromium.ts';
import { missingRabbitMq } from './rabbitmq.ts';
import { ALL_PRINTED, describeProgram, PROGRAM_NAMES, realProgram } from './real-program.ts';

const missing: string[] = [];

export async function globalSetup(): Promise<void> {
  process.env[ALL_PRINTED] = 'true';
  for (const name of PROGRAM_NAMES) {
    const { path } = await realProgram(name);
    if (path === undefined) missing.push(name);
    else console.log(await describeProgram(name, path));
  }
  if (missingRabbitMq()) missing.push('rabbitmq-server');
  if (missingChromium()) missing.push('chromium');
  if (await missingOpenssl()) missing.push('openssl');
}

export function globalTeardown(): void {
  if (missing.length > 0) console.log(`\nNOT RUN, because these programs are not on PATH: ${missing.join(', ')}\n`);
}
