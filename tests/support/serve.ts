import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on a free port of this machine. */
export type Served = AsyncDisposable & { port: number; address: string; url: string };

/** Disposing it also ends open connections. */
export async function serve(handler: RequestListener): Promise<Served> {
  const server = createServer(handler);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `127.0.0.1:${port}`;
  return {
    port,
    address,
    url: `http://${address}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
