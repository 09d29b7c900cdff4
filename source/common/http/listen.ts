import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { Trouble } from '../lifecycle.ts';
import { localUrl } from './address.ts';

export type Listening = {
  /** The port really listened on, also where 0 was asked for. */
  port: number;
  url: string;
  /** Lets the requests in flight finish, then closes. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * After a stop is asked for, new connections are accepted for this long: closing the socket at once would reset those that
 * the kernel has already accepted and the process has not.
 */
const ACCEPT_MS = 100;

/**
 * After that, requests on connections that are kept open are answered for this long, with `Connection: close`, so that
 * clients close them. Closing them here would cut off a request that is on its way.
 */
const LINGER_MS = 300;

/** @throws {Trouble} when the port is in use */
export async function listen(handler: RequestListener, port: number, address: string): Promise<Listening> {
  let stopping = false;
  let inFlight = 0;
  let nothingInFlight = () => {};
  const idle = async () => {
    if (inFlight > 0) await new Promise<void>((resolve) => (nothingInFlight = resolve));
  };
  const server = createServer((request, response) => {
    inFlight++;
    response.once('close', () => {
      inFlight--;
      if (inFlight === 0) nothingInFlight();
    });
    if (stopping) response.setHeader('Connection', 'close');
    handler(request, response);
  });
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Trouble(`port ${port} is in use; choose another with the variable PORT`);
  }
  const actualPort = (server.address() as AddressInfo).port;
  return {
    port: actualPort,
    url: localUrl(address, actualPort),
    async [Symbol.asyncDispose]() {
      stopping = true;
      await sleep(ACCEPT_MS);
      // Where the process was held up, connections are still waiting: the next turn of its event loop accepts them.
      await nextTurn();
      const closed = once(server, 'close');
      // Of net.Server, because http.Server's own close also ends connections that are idle at this moment.
      NetServer.prototype.close.call(server);
      await sleep(LINGER_MS);
      // Where the process was held up, requests wait unread: the next turn of its event loop reads them.
      do {
        await idle();
        await nextTurn();
      } while (inFlight > 0);
      // Now only connections are left on which nobody asks anything.
      server.closeAllConnections();
      await closed;
    },
  };
}
