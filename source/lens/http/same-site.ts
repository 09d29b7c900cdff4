import { isIP } from 'node:net';
import { HttpProblem } from '@mythical/common/http/problem';
import type { RequestHandler } from 'express';

/**
 * Keeps other web pages from reading local telemetry.
 *
 * Pages of other origins are recognized by their Origin header. With DNS rebinding a page has the right origin, but its
 * Host is neither localhost, an IP address, nor an allowed name.
 */
export function sameOriginOnly(allowedHosts: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const { host, origin } = request.headers;
    if (!isAllowedHost(host, allowedHosts)) {
      throw new HttpProblem(403, `the host name ${host} is not in LENS_ALLOWED_HOSTS`);
    }
    if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      throw new HttpProblem(403, 'pages of another origin may not read telemetry');
    }
    next();
  };
}

function isAllowedHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name)) return true;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
