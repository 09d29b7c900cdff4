import express, { type Express, type Router } from 'express';
import type { Telemetry } from '../telemetry/start.ts';
import { healthRoutes, type Readiness } from './health.ts';
import { pprofRoutes } from './pprof.ts';
import { notFound, problemHandler } from './problem.ts';

/**
 * The HTTP side that every service has: health, readiness, metrics, profiles, problem details; and its own routes.
 */
export function createApp({ metrics, profiling, logger }: Telemetry, readiness: Readiness, routes?: Router): Express {
  const app = express();
  app.disable('x-powered-by');
  // Answers differ with each request; computing a hash of each would be for nothing.
  app.disable('etag');
  app.use(healthRoutes(readiness));
  app.get('/metrics', async (_request, response) => {
    response.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  app.use(pprofRoutes(profiling));
  if (routes) app.use(routes);
  app.use(notFound);
  app.use(problemHandler(logger));
  return app;
}
