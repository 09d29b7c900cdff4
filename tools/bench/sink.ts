import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';

/**
 * A collector that accepts all signals and discards them, as cheaply as possible: on a small machine with two cores, a real
 * one would compete with the server that is measured.
 */

// gRPC is HTTP/2 with a length-prefixed message (https://grpc.io/docs/what-is-grpc/core-concepts/); this is an empty one.
const EMPTY_MESSAGE = Buffer.from([0, 0, 0, 0, 0]);

const grpc = createHttp2Server();
grpc.on('stream', (stream) => {
  stream.resume();
  stream.on('end', () => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(EMPTY_MESSAGE);
  });
  stream.on('error', () => {});
});
const http = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(204).end());
});
grpc.listen(0, '127.0.0.1', () =>
  http.listen(0, '127.0.0.1', () => {
    process.send?.({ grpc: (grpc.address() as AddressInfo).port, http: (http.address() as AddressInfo).port });
  }),
);
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
