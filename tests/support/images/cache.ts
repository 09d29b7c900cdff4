import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where programs and packages are kept from one run to the next, for all checkouts on this machine. */
export function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'mythical');
}
