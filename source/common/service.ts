import { type AddRoutes, createApp } from './http/app.ts';
import type { Readiness, ReadinessCheck } from './http/health.ts';
import { type Listening, listen } from './http/listen.ts';
import type { Telemetry } from './telemetry/start.ts';

/** A service's own routes, if any, and its readiness checks. */
export type Service = {
  checks: Record<string, ReadinessCheck>;
  addRoutes?: AddRoutes;
};

/** Starts the HTTP server. On disposal, the service first becomes unready, then finishes running requests. */
export async function serve(
  { checks, addRoutes }: Service,
  telemetry: Telemetry,
  settings: { PORT: number; LISTEN_ADDRESS: string },
): Promise<Listening> {
  const readiness: Readiness = { checks, stopping: false };
  const listening = await listen(createApp(telemetry, readiness, addRoutes), settings.PORT, settings.LISTEN_ADDRESS);
  telemetry.logger.info('listening', { url: listening.url });
  return {
    ...listening,
    async [Symbol.asyncDispose]() {
      telemetry.logger.info('stopping');
      readiness.stopping = true;
      // Otherwise the shutdown would wait for a profile that is being pulled.
      if (telemetry.profiling.mode === 'pull') telemetry.profiling.finish();
      await listening[Symbol.asyncDispose]();
    },
  };
}
