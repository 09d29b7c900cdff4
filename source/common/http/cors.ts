import type { RequestHandler } from 'express';

/** What pages of other origins may do: https://fetch.spec.whatwg.org/#http-cors-protocol */
export type CorsOptions = {
  /** Exact origins, as browsers send them. */
  origins: readonly string[];
  methods: readonly string[];
  /** The request headers that a page may set beyond the harmless ones. */
  headers: readonly string[];
  /** The response headers that a page may read beyond the harmless ones. */
  exposed?: readonly string[];
};

/** How long a browser need not ask again, in seconds. It is the most that Chromium accepts. */
const PREFLIGHT_MAX_AGE_S = 7200;

/**
 * Lets pages of the given origins use what is routed after it. Everybody else is answered as if there were no CORS: then
 * browsers keep the answer from the page.
 */
export function cors({ origins, methods, headers, exposed = [] }: CorsOptions): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return next();
    response.set('Access-Control-Allow-Origin', origin);
    // Without it, a page sees of its own requests neither their timing nor the trace in Server-Timing.
    response.set('Timing-Allow-Origin', origin);
    if (exposed.length > 0) response.set('Access-Control-Expose-Headers', exposed.join(', '));
    if (!isPreflight(request)) return next();
    response.set({
      'Access-Control-Allow-Methods': methods.join(', '),
      'Access-Control-Allow-Headers': headers.join(', '),
      'Access-Control-Max-Age': String(PREFLIGHT_MAX_AGE_S),
    });
    response.status(204).end();
  };
}

/** The question a browser asks by itself, before a request that a page may perhaps not make. */
export function isPreflight({
  method,
  headers,
}: {
  method?: string | undefined;
  headers: NodeJS.Dict<unknown>;
}): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
