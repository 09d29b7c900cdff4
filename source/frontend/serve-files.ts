import { methodNotAllowed } from '@mythical/common/http/problem';
import type { RequestHandler } from 'express';
import type { StaticFile } from './static-files.ts';

/**
 * Scripts and styles come from here only. The API and the collector are at addresses that are known at run time, the
 * latter to the server alone, so connections may go anywhere.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  'connect-src http: https:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const refuse = methodNotAllowed('GET', 'HEAD');

/** Answers with the file that a path names exactly; `/` is the page. */
export function serveFiles(files: ReadonlyMap<string, StaticFile>): RequestHandler {
  return (request, response, next) => {
    const file = files.get(request.path === '/' ? '/index.html' : request.path);
    if (file === undefined) return next();
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(request, response, next);
    response.set({
      'Content-Type': file.type,
      'Cache-Control': file.cacheControl,
      ETag: file.etag,
      Vary: 'Accept-Encoding',
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
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
