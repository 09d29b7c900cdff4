import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findPackageJSON } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Response, Router } from 'express';
import { stripTypes } from './strip-types.ts';

const PAGE_FOLDER = fileURLToPath(new URL('../page/', import.meta.url));

/** What the page may import from node_modules, at /vendor/<package>/<path below the package>. */
const VENDORED = new Set([
  'uplot',
  'd3-flame-graph',
  'd3-array',
  'd3-color',
  'd3-dispatch',
  'd3-ease',
  'd3-format',
  'd3-hierarchy',
  'd3-interpolate',
  'd3-scale',
  'd3-selection',
  'd3-time',
  'd3-time-format',
  'd3-timer',
  'd3-transition',
  'internmap',
]);

/** Files that a browser has use for: no tests, type declarations or settings. */
const PAGE_FILE = /^(?!.*\.(?:test|d)\.ts$)[^\\]+\.(?:ts|js|css|svg|png|ico|woff2)$/;
const VENDORED_FILE = /^(?:dist|src)\/[^\\]+\.(?:js|mjs|css)$/;

/** The page, its TypeScript with the types stripped as it is served, and the libraries that it imports. */
export function pageRoutes(router: Router): void {
  router.get('/', async (_request, response) => {
    const html = await readFile(join(PAGE_FOLDER, 'index.html'), 'utf8');
    response.set('content-security-policy', contentSecurityPolicy(html)).set('cache-control', 'no-cache');
    response.type('html').send(html);
  });

  router.get('/page/*path', async (request, response, next) => {
    const file = joined(request.params.path);
    if (!PAGE_FILE.test(file) || hasParentSegment(file)) return next();
    if (!file.endsWith('.ts')) return sendFile(response, PAGE_FOLDER, file, next);
    const script = await stripTypes(join(PAGE_FOLDER, file));
    if (script === undefined) return next();
    response.set('cache-control', 'no-cache').type('text/javascript').send(script);
  });

  router.get('/vendor/:package/*path', (request, response, next) => {
    const name = request.params.package;
    const file = joined(request.params.path);
    if (!VENDORED.has(name) || !VENDORED_FILE.test(file) || hasParentSegment(file)) return next();
    const manifest = findPackageJSON(name, import.meta.url);
    if (manifest === undefined) return next();
    sendFile(response, dirname(manifest), file, next);
  });
}

function sendFile(response: Response, root: string, file: string, next: (error?: unknown) => void): void {
  response.sendFile(file, { root, dotfiles: 'deny', headers: { 'cache-control': 'no-cache' } }, (error) => {
    if (error && !response.headersSent) next('status' in error && error.status === 404 ? undefined : error);
  });
}

function joined(segments: string | string[] | undefined): string {
  return Array.isArray(segments) ? segments.join('/') : (segments ?? '');
}

function hasParentSegment(file: string): boolean {
  return file.split('/').includes('..');
}

/**
 * Scripts come from here only, but for the import map: a browser takes it from the page alone, so its hash is allowed.
 * uPlot and d3 set inline styles.
 */
export function contentSecurityPolicy(html: string): string {
  const hashes = [...html.matchAll(/<script\s+type="importmap"\s*>([\s\S]*?)<\/script>/g)].map(
    ([, content]) => `'sha256-${createHash('sha256').update(content!).digest('base64')}'`,
  );
  return [
    "default-src 'self'",
    ['script-src', "'self'", ...hashes].join(' '),
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
