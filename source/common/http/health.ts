import type { RequestHandler } from 'express';
import { messageOf } from '../error-message.ts';

/** Checks a dependency. Rejects, or times out, if it is unavailable. */
export type ReadinessCheck = () => Promise<unknown>;

export type Readiness = {
  checks: Record<string, ReadinessCheck>;
  /** True once shutdown has begun: the service is not ready, whatever the checks say. */
  stopping: boolean;
};

const CHECK_TIMEOUT_MS = 2_000;

/** Liveness of the process. */
export const healthz: RequestHandler = (_request, response) => {
  response.json({ status: 'ok' });
};

/** Availability of the dependencies. */
export function readyz(readiness: Readiness): RequestHandler {
  return async (_request, response) => {
    const results = await Promise.all(Object.entries(readiness.checks).map(runCheck));
    const ready = !readiness.stopping && results.every(([, result]) => result === 'ok');
    response.status(ready ? 200 : 503).json({
      status: readiness.stopping ? 'stopping' : ready ? 'ready' : 'not ready',
      checks: Object.fromEntries(results),
    });
  };
}

async function runCheck([name, check]: [string, ReadinessCheck]): Promise<[name: string, result: string]> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no response within ${CHECK_TIMEOUT_MS} ms`)), CHECK_TIMEOUT_MS);
  try {
    await Promise.race([check(), late.promise]);
    return [name, 'ok'];
  } catch (error) {
    return [name, messageOf(error)];
  } finally {
    clearTimeout(timer);
  }
}
