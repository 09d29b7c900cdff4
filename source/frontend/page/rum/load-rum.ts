import type { BrowserConfig } from '@mythical/common/browser-config';
import type { ActionSpan, Rum } from './rum.ts';

const noSpan: ActionSpan = { traceId: undefined, spanId: undefined, run: (start) => start(), end() {} };

/** Used without a collector: sends nothing. */
export const noRum: Rum = { startSpan: () => noSpan, event() {}, error() {}, view() {}, sessionId: undefined };

/** Faro is half of the code, so it is a separate chunk, loaded only if there is a collector. */
export async function loadRum(config: BrowserConfig, apiUrl: string): Promise<Rum> {
  if (config.faroUrl === null) return noRum;
  try {
    const { startFaro } = await import('./faro.ts');
    return startFaro(config, config.faroUrl, apiUrl);
  } catch {
    // The page works without RUM.
    return noRum;
  }
}
