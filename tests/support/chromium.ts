import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium } from 'playwright-core';

const find = (...paths: (string | undefined)[]) => paths.find((path) => path !== undefined && existsSync(path));

const CHROMIUM = find(process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome');
/** The part of Chromium that renders pages, without the rest of the browser: half the CPU time. */
const HEADLESS = find(process.env.CHROMIUM_PATH, '/usr/bin/chromium-headless-shell', CHROMIUM);

/**
 * Why tests that need a browser can't run here, or false. In CI, it is an error instead, because CI must not skip tests
 * silently.
 */
export function missingChromium(): string | false {
  if (CHROMIUM !== undefined) return false;
  const reason = 'there is no Chromium on this machine: install it, or set CHROMIUM_PATH';
  if (process.env.CI) throw new Error(reason);
  return reason;
}

export function launchChromium(): Promise<Browser> {
  // Chromium's sandbox does not work as root, which CI uses.
  return chromium.launch({ executablePath: HEADLESS!, args: ['--no-sandbox'] });
}

/** A browser whose user blocks all cookies: a page that reads localStorage gets a SecurityError. This needs all of Chromium. */
export async function launchWithoutStorage(): Promise<AsyncDisposable & { context: BrowserContext }> {
  const profile = await mkdtemp(join(tmpdir(), 'mythical-chromium-'));
  await mkdir(join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM!,
    args: ['--no-sandbox'],
    viewport: { width: 1280, height: 900 },
  });
  return {
    context,
    async [Symbol.asyncDispose]() {
      await context.close();
      await rm(profile, { recursive: true, force: true });
    },
  };
}
