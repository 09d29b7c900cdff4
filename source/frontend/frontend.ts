import { healthz, type Readiness, readyz } from '@mythical/common/http/health';
import { type Listening, listen } from '@mythical/common/http/listen';
import { notFound, problemHandler } from '@mythical/common/http/problem';
import type { FrontendSettings } from '@mythical/common/settings';
import { formatLogfmt } from '@mythical/common/telemetry/logfmt';
import express, { type Express } from 'express';
import { builtPage } from './build.ts';
import { serveFiles } from './serve-files.ts';
import { loadFiles, type StaticFile, withApiUrl } from './static-files.ts';

/**
 * Serves the browser app, which is built first where it isn't yet. It sends no telemetry of its own: what is called
 * mythical-frontend in the signals comes from browsers.
 */
export async function startFrontend({ PORT, LISTEN_ADDRESS, PUBLIC_API_URL }: FrontendSettings): Promise<Listening> {
  const files = await withApiUrl(await loadFiles(await builtPage()), PUBLIC_API_URL);
  const readiness: Readiness = { checks: {}, stopping: false };
  const listening = await listen(createApp(files, readiness), PORT, LISTEN_ADDRESS);
  return {
    ...listening,
    async [Symbol.asyncDispose]() {
      readiness.stopping = true;
      await listening[Symbol.asyncDispose]();
    },
  };
}

export function createApp(files: ReadonlyMap<string, StaticFile>, readiness: Readiness): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.get('/healthz', healthz);
  app.get('/readyz', readyz(readiness));
  app.use(serveFiles(files));
  app.use(notFound);
  app.use(problemHandler(logger));
  return app;
}

type Write = (message: string, fields?: Record<string, string | number | boolean | undefined>) => void;
const write =
  (level: string): Write =>
  (message, fields) => {
    console.error(formatLogfmt({ level, msg: message, ...fields }));
  };
const logger = { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') };
