import type { RequestHandler } from 'express';
import { z } from 'zod';
import type { Profiling } from '../telemetry/profiling.ts';
import { HttpProblem } from './problem.ts';

const profileQuery = z.object({
  seconds: z
    .string()
    .regex(/^\d+(?:\.\d+)?$/, 'expected a number of seconds')
    .transform(Number)
    .pipe(z.number().positive().max(60))
    .default(10),
});

type PullProfiling = Extract<Profiling, { mode: 'pull' }>;

export function cpuProfile(profiling: Profiling): RequestHandler {
  return async (request, response) => {
    const { seconds } = profileQuery.parse(request.query);
    response.type('application/octet-stream').send(await pullable(profiling).profile(seconds));
  };
}

export function heapProfile(profiling: Profiling): RequestHandler {
  return async (_request, response) => {
    response.type('application/octet-stream').send(await pullable(profiling).heap());
  };
}

function pullable(profiling: Profiling): PullProfiling {
  if (profiling.mode === 'pull') return profiling;
  throw new HttpProblem(503, `profiles can't be pulled with PROFILING_MODE=${profiling.mode}: set it to pull`);
}
