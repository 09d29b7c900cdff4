import path from 'node:path';
import { type Endpoints, FIELDS } from './fields.ts';

/** The endpoints in the form of alloy/endpoints.json, which Alloy reads. */
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

/** The header that authorizes traces. Alloy reads it from a separate file: it can't join two texts into one secret. */
export function tracesAuthorization(endpoints: Endpoints): string {
  return `Basic ${endpoints.tracesBase64AuthToken}`;
}

/** Where Alloy looks for that file: beside the one with the endpoints. */
export function tracesAuthorizationFile(endpointsFile: string): string {
  return path.join(path.dirname(endpointsFile), 'traces-authorization');
}

/** Tempo's address may be written as host:443; with https:// it can't be taken for one without TLS. */
export function withScheme(url: string): string {
  return /^https:\/\//i.test(url) ? url : `https://${url}`;
}

/** Alloy hands it to gRPC, which knows https:// in small letters only, and takes a slash at the end for part of the port. */
function tracesAddress(url: string): string {
  const full = withScheme(url);
  if (!URL.canParse(full)) return full;
  const { hostname, port } = new URL(full);
  return `https://${hostname}:${port || 443}`;
}
