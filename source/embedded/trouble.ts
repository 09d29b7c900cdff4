import { ConfigError } from '@mythical/common/config';

/** Something that went wrong in a way that a person can act on: its message says what and how, and no stack helps. */
export class Trouble extends Error {
  override readonly name = 'Trouble';
}

/** For `runProcess`: trouble in its own words, anything else with where it came from. */
export function announceTrouble(message: string, error?: unknown): void {
  if (error instanceof Trouble || error instanceof ConfigError) console.error(error.message);
  else if (error === undefined) console.error(message);
  else console.error(`${message}:`, error);
}
