import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, Server as NetServer } from 'node:net';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../lifecycle.ts';
import { localUrl } from './address.ts';

export type Listening = {
  /** The actual port, even if 0 was requested. */
  port: number;
  url: string;
  /** Finishes running requests, then closes. */
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * How long new connections are still accepted after shutdown has begun. Closing the listening socket immediately would
 * reset connections in the kernel's backlog.
 */
const ACCEPT_MS = 100;

/**
 * How long after that requests on keep-alive connections are answered with `Connection: close`, so that clients close
 * them. Earlier, clients would reconnect while the socket is being closed, and be reset. If the server closed the
 * connections, requests in transit would be lost.
 */
const LINGER_MS = 300;

/** @throws {UserError} if the port is in use */
export async function listen(handler: RequestListener, port: number, address: string): Promise<Listening> {
  let closed = false;
  let inFlight = 0;
  let onIdle = () => {};
  const idle = async () => {
    if (inFlight > 0) await new Promise<void>((resolve) => (onIdle = resolve));
  };
  const server = createServer((request, response) => {
    inFlight++;
    response.once('close', () => {
      inFlight--;
      if (inFlight === 0) onIdle();
    });
    if (closed) response.setHeader('Connection', 'close');
    handler(request, response);
  });
  server.listen(port, address);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new UserError(`port ${port} is in use; choose another with the variable PORT`);
  }
  const actualPort = (server.address() as AddressInfo).port;
  return {
    port: actualPort,
    url: localUrl(address, actualPort),
    async [Symbol.asyncDispose]() {
      await sleep(ACCEPT_MS);
      // If the process was blocked, connections are still in the backlog: accept them in the next turn of the event
      // loop.
      await nextTurn();
      const ended = once(server, 'close');
      // net.Server's close, because http.Server's also closes idle connections.
      NetServer.prototype.close.call(server);
      closed = true;
      await sleep(LINGER_MS);
      // If the process was blocked, requests are still unread: read them in the next turn of the event loop.
      do {
        await idle();
        await nextTurn();
      } while (inFlight > 0);
      // All remaining connections are idle.
      server.closeAllConnections();
      await ended;
    },
  };
}
