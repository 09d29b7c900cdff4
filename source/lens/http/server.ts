import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { notFound } from '@mythical/common/http/problem';
import express, { type Express } from 'express';
import type { LensConfig } from '../config.ts';
import type { Queries } from '../query.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { apiRoutes, operationRoutes } from './api.ts';
import { pageRoutes } from './page.ts';
import { handleErrors } from './problem.ts';
import { receiverRoutes } from './receivers.ts';
import { sameOriginOnly } from './same-site.ts';

type AppOptions = Pick<LensConfig, 'allowedHosts' | 'faroOrigins'> & {
  store: Store;
  queries: Queries;
  metrics: SelfMetrics;
  announce: (message: string) => void;
};

export function createApp({ store, queries, metrics, allowedHosts, faroOrigins, announce }: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use((_request, response, next) => {
    response.set('x-content-type-options', 'nosniff').set('referrer-policy', 'no-referrer');
    next();
  });
  // Probes and telemetry senders may use any host name.
  operationRoutes(app, { store, metrics });
  receiverRoutes(app, { ingest: { store, metrics }, faroOrigins, announce });
  app.use(sameOriginOnly(allowedHosts));
  apiRoutes(app, { queries, store });
  pageRoutes(app);
  app.use(notFound);
  app.use(handleErrors(announce));
  return app;
}

type HttpServer = { port: number; [Symbol.asyncDispose](): Promise<void> };

/** Connections that are still busy after this are closed. */
const STOP_DEADLINE_MS = 300;

export async function listenHttp(app: Express, port: number, address: string): Promise<HttpServer> {
  const server = createServer(app).listen(port, address);
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const deadline = setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS);
      await server[Symbol.asyncDispose]();
      clearTimeout(deadline);
    },
  };
}
