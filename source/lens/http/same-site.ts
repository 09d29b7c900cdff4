import { isIP } from 'node:net';
import type { RequestHandler } from 'express';
import { sendProblem } from './problem.ts';

/**
 * Keeps web pages from elsewhere from reading local telemetry.
 *
 * A page of another origin is told by its Origin header. A page whose own name was made to point here (DNS rebinding)
 * has the right origin, but a Host that is neither localhost, an IP address, nor a name that was allowed.
 */
export function onlyOwnPages(allowedHosts: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { host, origin } = request.headers;
    if (!isOwnHost(host, allowedHosts)) {
      sendProblem(response, 403, 'Forbidden', `the host name ${host} is not allowed; LENS_ALLOWED_HOSTS can allow it`);
    } else if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
      sendProblem(response, 403, 'Forbidden', 'pages of another origin may not read telemetry');
    } else next();
  };
}

function isOwnHost(host: string | undefined, allowedHosts: readonly string[]): boolean {
  if (host === undefined || !URL.canParse(`http://${host}`)) return false;
  const name = new URL(`http://${host}`).hostname.toLowerCase();
  if (name === 'localhost' || name.endsWith('.localhost') || allowedHosts.includes(name)) return true;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}
