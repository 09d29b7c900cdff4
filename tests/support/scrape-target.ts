import { type Served, serve } from './serve.ts';

/** A target to scrape: 300 series, and `outage_scrapes`, which counts the scrapes. */
export type ScrapeTarget = Served & { scrapes(): number };

export async function startScrapeTarget(): Promise<ScrapeTarget> {
  let scrapes = 0;
  const served = await serve((_request, response) => {
    scrapes++;
    const others = Array.from({ length: 300 }, (_, index) => `outage_series{index="${index}"} ${Date.now() % 1000}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${others.join('')}outage_scrapes ${scrapes}\n`);
  });
  return { ...served, scrapes: () => scrapes };
}
