import { methodNotAllowed } from '@mythical/common/http/problem';
import type { RequestHandler } from 'express';
import type { StaticFile } from './static-files.ts';

const refuse = methodNotAllowed('GET', 'HEAD');

/**
 * Serves files by their exact path; `/` is index.html.
 *
 * @param connectTo the value of the directive `connect-src`: where the page may send requests
 */
export function serveFiles(files: ReadonlyMap<string, StaticFile>, connectTo: string): RequestHandler {
  const policy = contentSecurityPolicy(connectTo);
  return (request, response, next) => {
    const file = files.get(request.path === '/' ? '/index.html' : request.path);
    if (file === undefined) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, next);
    response.type(file.extension).set({
      'Cache-Control': file.cacheControl,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': policy,
    });
    if (request.fresh) {
      response.status(304).end();
    } else if (file.gzipped !== undefined && request.acceptsEncodings('gzip')) {
      response.set({ 'Content-Encoding': 'gzip', 'Content-Length': String(file.gzipped.length) }).end(file.gzipped);
    } else {
      response.set('Content-Length', String(file.body.length)).end(file.body);
    }
  };
}

/** Scripts and styles only from files of this server. */
function contentSecurityPolicy(connectTo: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${connectTo}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
