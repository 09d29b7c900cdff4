import { metricsHandler } from '@mythical/common/http/metrics';
import { HttpProblem } from '@mythical/common/http/problem';
import express, { type Router } from 'express';
import { z } from 'zod';
import type { Queries } from '../query.ts';
import { QueryError } from '../query-guard.ts';
import type { SelfMetrics } from '../self-metrics.ts';
import type { Store } from '../store/store.ts';
import { JSON_TYPE, unsupportedType } from './request.ts';

const queryBody = z.object({ sql: z.string().min(1).max(100_000) });

/** SQL over the telemetry, and counts. */
export function apiRoutes(router: Router, { queries, store }: { queries: Queries; store: Store }): void {
  router.get('/api/summary', async (_request, response) => {
    response.set('cache-control', 'no-store').json(await store.summary());
  });

  router.post('/api/query', express.json({ limit: '1mb' }), async (request, response) => {
    if (!request.is(JSON_TYPE)) throw unsupportedType(JSON_TYPE);
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
    if (error !== undefined) throw new HttpProblem(503, `telemetry can't be stored: ${error}`);
    response.json({ status: 'ready' });
  });

  router.get('/metrics', metricsHandler(metrics.registry));
}
