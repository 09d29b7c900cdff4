import { connectDatabase, databaseCheck } from '@mythical/common/database';
import type { AddRoutes } from '@mythical/common/http/app';
import { cors } from '@mythical/common/http/cors';
import { serverTiming } from '@mythical/common/http/server-timing';
import { serve } from '@mythical/common/service';
import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { createBeastRepository } from './beast-repository.ts';
import { addBeastRoutes } from './beast-routes.ts';
import type { Meeting } from './conditions/condition.ts';
import { createHiddenConditions } from './conditions/registry.ts';
import { addConfigRoute, browserConfig } from './config-route.ts';
import { createReleases } from './releases.ts';
import { addScenarioRoutes } from './scenario-routes.ts';
import { createScenarios } from './scenarios.ts';
import { startTeardown } from './teardown.ts';

/** The browser's trace context, and the content type of JSON bodies. */
const REQUEST_HEADERS = ['content-type', 'traceparent', 'tracestate', 'baggage'];
const RESPONSE_HEADERS = ['Link', 'Retry-After', 'Server-Timing'];

/** The REST API on Postgres. */
export async function startServer(
  settings: ServerSettings,
  telemetry: Telemetry,
  resources: AsyncDisposableStack,
): Promise<void> {
  const database = resources.use(await connectDatabase(settings, telemetry));
  const repository = createBeastRepository(database);
  await repository.create();
  const context = { settings, telemetry, database, repository };
  const scenarios = resources.use(createScenarios(context));
  const hidden = resources.use(createHiddenConditions(context));
  const meetConditions = async (meeting: Meeting) => {
    await scenarios.meet(meeting);
    await hidden?.meet(meeting);
  };
  const teardown = resources.use(startTeardown(repository, settings, telemetry));
  const releases = createReleases(settings.ALWAYS_SUCCEED);

  const addRoutes: AddRoutes = (app) => {
    app.use(
      cors({
        origins: settings.CORS_ALLOWED_ORIGINS,
        methods: ['GET', 'POST', 'DELETE'],
        headers: REQUEST_HEADERS,
        exposed: RESPONSE_HEADERS,
      }),
    );
    app.use(serverTiming);
    addConfigRoute(app, browserConfig(telemetry.identity, settings));
    addScenarioRoutes(app, scenarios);
    addBeastRoutes(app, { repository, meetConditions, releases, teardown, telemetry });
  };
  const checks = { database: databaseCheck(database) };
  resources.use(await serve({ checks, addRoutes, conditions: hidden }, telemetry, settings));
}
