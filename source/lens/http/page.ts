import { join } from 'node:path';
import { builtPage } from '@mythical/ui/build.ts';
import { serveFiles } from '@mythical/ui/serve-files.ts';
import { loadFiles } from '@mythical/ui/static-files.ts';
import type { RequestHandler, Router } from 'express';

const LENS = join(import.meta.dirname, '..');

let handler: Promise<RequestHandler> | undefined;

/** Serves the page, building it first if necessary. Meanwhile, lens already receives telemetry. */
export function preparePage(): Promise<RequestHandler> {
  handler ??= builtPage(LENS)
    .then(loadFiles)
    .then((files) => serveFiles(files, "'self'"))
    .catch((error: unknown) => {
      // Retry on the next request.
      handler = undefined;
      throw error;
    });
  return handler;
}

export function pageRoutes(router: Router): void {
  router.get('/{*path}', async (request, response, next) => (await preparePage())(request, response, next));
}
