import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type Listening = {
  /** The port really listened on, also where 0 was asked for. */
  port: number;
  url: string;
  /** Lets the requests in flight finish, then closes. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * After a stop is asked for, requests are still answered for this long, with `Connection: close`, so that clients with
 * a connection kept open leave by themselves. Closing at once would cut off the request that is just on its way.
 */
const LINGER_MS = 300;

/** @throws the listener's error, for example EADDRINUSE. */
export async function listen(handler: RequestListener, port: number, address: string): Promise<Listening> {
  let stopping = false;
  const server = createServer((request, response) => {
    if (stopping) response.setHeader('Connection', 'close');
    handler(request, response);
  });
  server.listen(port, address);
  await once(server, 'listening');
  const actualPort = (server.address() as AddressInfo).port;
  return {
    port: actualPort,
    url: `http://${address === '0.0.0.0' || address === '::' ? 'localhost' : address}:${actualPort}`,
    async [Symbol.asyncDispose]() {
      stopping = true;
      await sleep(LINGER_MS);
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
