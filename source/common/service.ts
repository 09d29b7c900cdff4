import type { Conditions } from './conditions.ts';
import { type AddRoutes, createApp } from './http/app.ts';
import type { Readiness, ReadinessCheck } from './http/health.ts';
import { type Listening, listen } from './http/listen.ts';
import type { Telemetry } from './telemetry/start.ts';

/** A service's own routes, if any, its readiness checks and its hidden faults. */
export type Service = {
  checks: Record<string, ReadinessCheck>;
  addRoutes?: AddRoutes;
  conditions?: Conditions<never> | undefined;
};

/** Starts the HTTP server. On disposal, the service first becomes unready, then finishes running requests. */
export async function serve(
  { checks, addRoutes, conditions }: Service,
  telemetry: Telemetry,
  settings: { PORT: number; LISTEN_ADDRESS: string },
): Promise<Listening> {
  const readiness: Readiness = { checks, stopping: false };
  const app = createApp(telemetry, readiness, addRoutes, conditions);
  const listening = await listen(app, settings.PORT, settings.LISTEN_ADDRESS);
  telemetry.logger.info('listening', { url: listening.url });
  return {
    ...listening,
    async [Symbol.asyncDispose]() {
      telemetry.logger.info('stopping');
      readiness.stopping = true;
      // Otherwise they would slow down or fail the remaining requests.
      for (const name of conditions?.names ?? []) conditions?.stop(name);
      // Otherwise the shutdown would wait for a profile that is being pulled.
      if (telemetry.profiling.mode === 'pull') telemetry.profiling.finish();
      await listening[Symbol.asyncDispose]();
    },
  };
}
