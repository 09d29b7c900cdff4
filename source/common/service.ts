import type { Conditions } from './conditions.ts';
import { type AddRoutes, createApp } from './http/app.ts';
import type { Readiness, ReadinessCheck } from './http/health.ts';
import { type Listening, listen } from './http/listen.ts';
import type { Telemetry } from './telemetry/start.ts';

/** The HTTP side of a service: its own routes, if it has any, what `/readyz` asks, and what it can be made to suffer from. */
export type Service = {
  checks: Record<string, ReadinessCheck>;
  addRoutes?: AddRoutes;
  conditions?: Conditions<never> | undefined;
};

/** Starts to answer HTTP. On disposal the service stops being ready, then finishes what is in flight. */
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
      // Else what is in flight would suffer from them to the end.
      for (const name of conditions?.names ?? []) conditions?.stop(name);
      // Else the service would wait for a request that asks for the next minute of it.
      if (telemetry.profiling.mode === 'pull') telemetry.profiling.finish();
      await listening[Symbol.asyncDispose]();
    },
  };
}
