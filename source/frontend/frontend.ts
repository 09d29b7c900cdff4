import { healthz, type Readiness, readyz } from '@mythical/common/http/health';
import { type Listening, listen } from '@mythical/common/http/listen';
import { notFound, problemHandler } from '@mythical/common/http/problem';
import type { FrontendSettings } from '@mythical/common/settings';
import { formatLogfmt } from '@mythical/common/telemetry/logfmt';
import { builtPage } from '@mythical/ui/build.ts';
import { serveFiles } from '@mythical/ui/serve-files.ts';
import { loadFiles, type StaticFile } from '@mythical/ui/static-files.ts';
import express, { type Express } from 'express';
import { withApiUrl } from './api-url.ts';

/** The URLs of the API and the collector are only known at run time. */
const CONNECT_TO = 'http: https:';

/**
 * Serves the browser app, building it first if necessary. This process sends no telemetry: all signals of
 * mythical-frontend come from browsers.
 */
export async function startFrontend({ PORT, LISTEN_ADDRESS, PUBLIC_API_URL }: FrontendSettings): Promise<Listening> {
  const files = await withApiUrl(await loadFiles(await builtPage(import.meta.dirname)), PUBLIC_API_URL);
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
  app.use(serveFiles(files, CONNECT_TO));
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
