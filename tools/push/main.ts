// Sends one item of telemetry and reads it back: `npm run push -- log`. Exits with 0 if it was found.
import { parseOptions, USAGE, UsageError } from './options.ts';
import { push } from './push.ts';

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === undefined) console.log(USAGE);
  else {
    for await (const { ok, text } of push(options)) {
      console.log(text);
      if (!ok) process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`${error.message}\n\n${USAGE}`);
  process.exitCode = 2;
}
