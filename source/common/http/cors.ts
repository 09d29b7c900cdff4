import type { RequestHandler } from 'express';

/** What pages of other origins may do: https://fetch.spec.whatwg.org/#http-cors-protocol */
export type CorsOptions = {
  /** Exact origins, as browsers send them. */
  origins: readonly string[];
  methods: readonly string[];
  /** Request headers that a page may set, besides the CORS-safelisted ones. */
  headers: readonly string[];
  /** Response headers that a page may read, besides the CORS-safelisted ones. */
  exposed?: readonly string[];
};

/** How long browsers cache a preflight, in seconds: Chromium's maximum. */
const PREFLIGHT_MAX_AGE_S = 7200;

/**
 * Allows pages of the given origins to use the routes below. Other origins get no CORS headers, so that browsers
 * withhold the response from the page.
 */
export function cors({ origins, methods, headers, exposed = [] }: CorsOptions): RequestHandler {
  return (request, response, next) => {
    response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !origins.includes(origin)) return next();
    response.set('Access-Control-Allow-Origin', origin);
    // Gives pages access to resource timing, including the trace id in Server-Timing.
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

/** A CORS preflight: https://fetch.spec.whatwg.org/#cors-preflight-request */
export function isPreflight({
  method,
  headers,
}: {
  method?: string | undefined;
  headers: NodeJS.Dict<unknown>;
}): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}
