import express, { type Express, type RequestHandler } from 'express';
import { Registry } from 'prom-client';
import { CONDITIONS_PATH, type Conditions } from '../conditions.ts';
import type { Telemetry } from '../telemetry/start.ts';
import { startCondition, stopConditions } from './conditions.ts';
import { healthz, type Readiness, readyz } from './health.ts';
import { metricsHandler } from './metrics.ts';
import { cpuProfile, heapProfile } from './pprof.ts';
import { notFound, problemHandler } from './problem.ts';

/** Adds a service's routes. */
export type AddRoutes = (app: Express) => void;

/** The HTTP app of a service: health, readiness, metrics, profiles and problem details, plus the service's routes. */
export function createApp(
  telemetry: Telemetry,
  readiness: Readiness,
  addRoutes?: AddRoutes,
  conditions?: Conditions<never>,
): Express {
  const { metrics, profiling, logger } = telemetry;
  const app = express();
  app.disable('x-powered-by');
  // Responses rarely repeat, so hashing them would be wasted.
  app.disable('etag');
  app.use(
    operations({
      '/healthz': healthz,
      '/readyz': readyz(readiness),
      '/metrics': metricsHandler(metrics.exposed ? metrics.registry : new Registry(metrics.registry.contentType)),
      // The paths of Go's net/http/pprof, which scrapers expect.
      '/debug/pprof/profile': cpuProfile(profiling),
      '/debug/pprof/heap': heapProfile(profiling),
      ...(conditions && {
        [`PUT ${CONDITIONS_PATH}`]: startCondition(conditions),
        [`DELETE ${CONDITIONS_PATH}`]: stopConditions(conditions),
      }),
    }),
  );
  addRoutes?.(app);
  app.use(notFound);
  app.use(problemHandler(logger));
  return app;
}

/** By path (GET and HEAD) or by method and path. A single lookup: separate Express routes would cost each API request a few microseconds. */
function operations(handlers: Record<string, RequestHandler>): RequestHandler {
  const byName = new Map(Object.entries(handlers));
  return (request, response, next) => {
    const { method, path } = request;
    const handler = byName.get(method === 'GET' || method === 'HEAD' ? path : `${method} ${path}`);
    return handler ? handler(request, response, next) : next();
  };
}
