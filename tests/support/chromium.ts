import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const CHROMIUM = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'].find(
  (path) => path !== undefined && existsSync(path),
);

/**
 * Why tests that need a browser can't run here, or false. In CI that is an error instead: there, nothing may be left out
 * in silence.
 */
export function missingChromium(): string | false {
  if (CHROMIUM !== undefined) return false;
  const reason = 'there is no Chromium on this machine: install it, or set CHROMIUM_PATH';
  if (process.env.CI) throw new Error(reason);
  return reason;
}

export function launchChromium(): Promise<Browser> {
  // As root, as which CI runs, its sandbox can't be had.
  return chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
}
