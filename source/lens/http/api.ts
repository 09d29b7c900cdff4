import { metricsHandler } from '@mythical/common/http/metrics';
import express, { type Router } from 'express';
import { z } from 'zod';
import type { Queries } from '../query.ts';
import { QueryError } from '../query-guard.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { sendProblem } from './problem.ts';

const queryBody = z.object({ sql: z.string().min(1).max(100_000) });

/** SQL over the telemetry, and counts. */
export function apiRoutes(router: Router, { queries, store }: { queries: Queries; store: Store }): void {
  router.get('/api/summary', async (_request, response) => {
    response.set('cache-control', 'no-store').json(await store.summary());
  });

  router.post('/api/query', express.json({ limit: '1mb' }), async (request, response) => {
    if (!request.is('application/json')) {
      return sendProblem(response, 415, 'Unsupported media type', 'expected application/json');
    }
    const body = queryBody.safeParse(request.body);
    if (!body.success) throw new QueryError('expected {"sql": "…"}, up to 100,000 characters');
    response.set('cache-control', 'no-store').json(await queries.run(body.data.sql));
  });
}

/** Liveness, readiness, and lens's own metrics. */
export function operationRoutes(router: Router, { store, metrics }: { store: Store; metrics: SelfMetrics }): void {
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  router.get('/readyz', (_request, response) => {
    const error = store.writeError();
    if (error === undefined) response.json({ status: 'ready' });
    else sendProblem(response, 503, 'Not ready', `telemetry can't be stored: ${error}`);
  });

  router.get('/metrics', metricsHandler(metrics.registry));
}
