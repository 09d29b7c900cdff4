import type { BrowserConfig } from '@mythical/common/browser-config';
import { noRum, type Rum } from './rum.ts';

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
