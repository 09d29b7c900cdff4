import { Router } from 'express';
import { z } from 'zod';
import type { Profiling } from '../telemetry/profiling.ts';
import { HttpProblem } from './problem.ts';

const profileQuery = z.object({ seconds: z.coerce.number().positive().max(60).default(10) });

/** The paths that Go's net/http/pprof has, because that is where profile scrapers look. */
export function pprofRoutes(profiling: Profiling): Router {
  const router = Router();
  router.use('/debug/pprof', (_request, _response, next) => {
    if (profiling.mode !== 'pull') {
      throw new HttpProblem(503, `profiles can't be pulled with PROFILING_MODE=${profiling.mode}: set it to pull`);
    }
    next();
  });
  if (profiling.mode === 'pull') {
    router.get('/debug/pprof/profile', async (request, response) => {
      const { seconds } = profileQuery.parse(request.query);
      response.type('application/octet-stream').send(await profiling.profile(seconds));
    });
    router.get('/debug/pprof/heap', async (_request, response) => {
      response.type('application/octet-stream').send(await profiling.heap());
    });
  }
  return router;
}
