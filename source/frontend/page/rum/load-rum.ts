import type { BrowserConfig } from '@mythical/common/browser-config';
import type { ActionSpan, Rum } from './rum.ts';

const noSpan: ActionSpan = { traceId: undefined, spanId: undefined, run: (start) => start(), end() {} };

/** Without a collector the page works the same, and sends nothing. */
export const noRum: Rum = { startSpan: () => noSpan, event() {}, error() {}, view() {}, sessionId: undefined };

/** Faro is half of all the code: a separate chunk, loaded only if there is a collector. */
export async function loadRum(config: BrowserConfig, apiUrl: string): Promise<Rum> {
  if (config.faroUrl === null) return noRum;
  try {
    const { startFaro } = await import('./faro.ts');
    return startFaro(config, config.faroUrl, apiUrl);
  } catch {
    // The page works without it.
    return noRum;
  }
}
