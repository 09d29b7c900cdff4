/** The page's address after the `#`: a view, an optional id, and parameters. */
export type Route = { view: View; id: string; params: Readonly<Record<string, string>> };

export const VIEWS = ['red', 'traces', 'trace', 'logs', 'flame', 'sql'] as const;
export type View = (typeof VIEWS)[number];

/** Parses `#/trace/<id>?a=b`. Unknown addresses lead to the first view. */
export function parseRoute(hash: string): Route {
  const match = /^#?\/?([a-z]*)(?:\/([^?]*))?(?:\?(.*))?$/s.exec(hash);
  const view = VIEWS.find((known) => known === match?.[1]) ?? VIEWS[0];
  const params = Object.fromEntries(new URLSearchParams(match?.[3] ?? ''));
  return { view, id: decode(match?.[2] ?? ''), params };
}

/** Formats an address, omitting empty parameters. */
export function formatRoute(view: View, params: Readonly<Record<string, string | undefined>> = {}, id = ''): string {
  const given = Object.entries(params).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(given).toString();
  return `#/${view}${id && `/${encodeURIComponent(id)}`}${query && `?${query}`}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
