import assert from 'node:assert/strict';

export const json = { 'content-type': 'application/json' };

/**
 * Calls the server's API.
 *
 * @param url called for each request, because the server starts after the tests are defined
 */
export function apiAt(url: () => string) {
  function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = json,
  ): Promise<Response> {
    return fetch(`${url()}${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  }

  /** The names on a page of beasts. */
  async function names(kind: string, query = ''): Promise<string[]> {
    const response = await call('GET', `/${kind}${query}`);
    return ((await response.json()) as { name: string }[]).map(({ name }) => name);
  }

  return { call, names };
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
