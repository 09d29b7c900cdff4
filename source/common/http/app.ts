import express, { type Express, type RequestHandler } from 'express';
import type { Telemetry } from '../telemetry/start.ts';
import { healthz, type Readiness, readyz } from './health.ts';
import { metricsHandler } from './metrics.ts';
import { cpuProfile, heapProfile } from './pprof.ts';
import { notFound, problemHandler } from './problem.ts';

/** Adds a service's routes. */
export type AddRoutes = (app: Express) => void;

/** The HTTP app of a service: health, readiness, metrics, profiles and problem details, plus the service's routes. */
export function createApp(telemetry: Telemetry, readiness: Readiness, addRoutes?: AddRoutes): Express {
  const { metrics, profiling, logger } = telemetry;
  const app = express();
  app.disable('x-powered-by');
  // Responses rarely repeat, so hashing them would be wasted.
  app.disable('etag');
  app.use(
    operations({
      '/healthz': healthz,
      '/readyz': readyz(readiness),
      '/metrics': metricsHandler(metrics.registry),
      // The paths of Go's net/http/pprof, which scrapers expect.
      '/debug/pprof/profile': cpuProfile(profiling),
      '/debug/pprof/heap': heapProfile(profiling),
    }),
  );
  addRoutes?.(app);
  app.use(notFound);
  app.use(problemHandler(logger));
  return app;
}

/** A single lookup: separate Express routes would cost each API request a few microseconds. */
function operations(handlers: Record<string, RequestHandler>): RequestHandler {
  const byPath = new Map(Object.entries(handlers));
  return (request, response, next) => {
    const handler = request.method === 'GET' || request.method === 'HEAD' ? byPath.get(request.path) : undefined;
    return handler ? handler(request, response, next) : next();
  };
}
