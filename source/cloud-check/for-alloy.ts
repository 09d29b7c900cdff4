import path from 'node:path';
import { type Endpoints, FIELDS } from './fields.ts';

/** The endpoints in the format of alloy/endpoints.json. */
export function forAlloy(endpoints: Endpoints): object {
  const root: Record<string, unknown> = {};
  for (const { name, path: keys } of FIELDS) {
    let node = root;
    for (const key of keys.slice(0, -1)) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    node[keys.at(-1)!] = name === 'tracesUrl' ? tracesAddress(endpoints[name]) : endpoints[name];
  }
  return root;
}

/** The traces' Authorization header. Alloy reads it from a separate file, because it can't concatenate secrets. */
export function tracesAuthorization(endpoints: Endpoints): string {
  return `Basic ${endpoints.tracesBase64AuthToken}`;
}

/** Alloy expects that file next to the endpoints. */
export function tracesAuthorizationFile(endpointsFile: string): string {
  return path.join(path.dirname(endpointsFile), 'traces-authorization');
}

/** Tempo's endpoint may be written as host:443; with https:// it always means TLS. */
export function withScheme(url: string): string {
  return /^https:\/\//i.test(url) ? url : `https://${url}`;
}

/**
 * Alloy passes this to gRPC, which only accepts lower-case https:// and takes a trailing slash for part of the port.
 */
function tracesAddress(url: string): string {
  const full = withScheme(url);
  if (!URL.canParse(full)) return full;
  const { hostname, port } = new URL(full);
  return `https://${hostname}:${port || 443}`;
}
