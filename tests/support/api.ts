import assert from 'node:assert/strict';

export const json = { 'content-type': 'application/json' };

/** Sends a request with a body, if any: text as it is, and anything else as JSON. */
export const send = (method: string, url: string, body?: unknown, headers: Record<string, string> = json) =>
  fetch(url, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });

/**
 * Calls the server's API.
 *
 * @param server whose URL is read for each request, because it starts after the tests are defined
 */
export function apiAt(server: { url: string }) {
  const call = (method: string, path: string, body?: unknown, headers?: Record<string, string>) =>
    send(method, server.url + path, body, headers);

  /** The names on a page of beasts. */
  async function names(kind: string, query = ''): Promise<string[]> {
    const response = await call('GET', `/${kind}${query}`);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  }

  return { call, names };
}

/** The value of a series on `/metrics`, named as it is there; NaN without it. */
export async function metricAt(url: string, series: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split('\n').find((line) => line.startsWith(`${series} `));
  return Number(line?.slice(series.length + 1).split(' ')[0] ?? Number.NaN);
}

/** Fails unless the response is an RFC 9457 problem, with a trace and no internals. */
export async function assertProblem(response: Response, status: number, detail?: RegExp) {
  assert.equal(response.status, status);
  assert.match(response.headers.get('content-type') ?? '', /^application\/problem\+json/);
  const problem = (await response.json()) as Record<string, unknown>;
  assert.equal(problem.status, status);
  assert.match(String(problem.traceId), /^[0-9a-f]{32}$/);
  assert.doesNotMatch(
    JSON.stringify(problem),
    /node_modules|\.ts|at async|select |insert /,
    'no internals are exposed',
  );
  if (detail) assert.match(String(problem.detail), detail);
  return problem;
}
