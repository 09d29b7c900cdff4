import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { closing } from './closing.ts';
import { temporaryFolder } from './temporary-folder.ts';

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

/** A page in a browser whose user blocks all cookies, so that reading localStorage throws. This needs all of Chromium. */
export async function openWithoutStorage(url: string): Promise<AsyncDisposable & { page: Page; errors: string[] }> {
  await using resources = new AsyncDisposableStack();
  const profile = await temporaryFolder(resources, 'chromium');
  await mkdir(join(profile, 'Default'));
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM!,
    args: ['--no-sandbox'],
    viewport: { width: 1280, height: 900 },
  });
  resources.defer(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  await assert.rejects(page.evaluate('localStorage.length'), /Access is denied/);
  return closing(resources, { page, errors });
}
