import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A target to scrape: 300 series, and `outage_scrapes`, which counts the scrapes. */
export type ScrapeTarget = {
  address: string;
  scrapes(): number;
  [Symbol.asyncDispose](): Promise<void>;
};

export async function startScrapeTarget(): Promise<ScrapeTarget> {
  let scrapes = 0;
  const server = createServer((_request, response) => {
    scrapes++;
    const others = Array.from({ length: 300 }, (_, index) => `outage_series{index="${index}"} ${Date.now() % 1000}\n`);
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(`${others.join('')}outage_scrapes ${scrapes}\n`);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    scrapes: () => scrapes,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
