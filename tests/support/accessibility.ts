import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

type Results = { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[]; passes: unknown[] };

export type Look = readonly [colorScheme: 'light' | 'dark', width: number];

/** Runs axe on the current page with each look. It leaves out the flame graph, which axe treats as an image. */
export async function assertAccessible(page: Page, what: string, looks: readonly Look[]): Promise<void> {
  await page.evaluate(await readFile(AXE, 'utf8'));
  for (const [colorScheme, width] of looks) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    const { violations, passes } = (await page.evaluate(
      `axe.run({ exclude: ['.flame-graph'] }, { resultTypes: ['violations'] })`,
    )) as Results;
    assert.ok(passes.length > 15, 'axe has run its checks');
    const found = violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(({ html, failureSummary }) => [html, failureSummary]),
    }));
    assert.deepEqual(found, [], `${what}, ${colorScheme}, ${width} px`);
  }
}

/** By how many pixels the page is wider than the screen. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
