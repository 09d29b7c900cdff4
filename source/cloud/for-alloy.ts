import { type Endpoints, FIELDS } from './fields.ts';

/** The endpoints in the form of alloy/endpoints.json, which Alloy reads. */
export function forAlloy(endpoints: Endpoints): object {
  const root: Record<string, unknown> = {};
  for (const { name, path } of FIELDS) {
    let node = root;
    for (const key of path.slice(0, -1)) {
      node[key] ??= {};
      node = node[key] as Record<string, unknown>;
    }
    node[path.at(-1)!] = name === 'tracesUrl' ? withScheme(endpoints[name]) : endpoints[name];
  }
  return root;
}

/** Tempo's address may be written as host:443; with https:// nobody can take it for one without TLS. */
export function withScheme(url: string): string {
  return /^https:\/\//i.test(url) ? url : `https://${url}`;
}
