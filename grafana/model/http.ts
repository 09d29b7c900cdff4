const TIMEOUT_MS = 20_000;

export type Answer = { status: number; body: unknown };

/** @throws if the connection fails, or the response isn't JSON */
export async function requestJson(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  try {
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  } catch {
    throw new Error(`${init.method ?? 'GET'} ${url} answered ${response.status} ${text.slice(0, 300)}`);
  }
}

/** @throws if the response isn't 2xx, with its text */
export async function getJson<T>(url: string, parameters: Record<string, string> = {}): Promise<T> {
  return successful(await requestJson(`${url}?${new URLSearchParams(parameters)}`), url);
}

/** @throws if the response isn't 2xx, with its text */
export async function postJson<T>(url: string, body: unknown): Promise<T> {
  const answer = await requestJson(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return successful(answer, url);
}

function successful<T>({ status, body }: Answer, url: string): T {
  if (status < 200 || status > 299) throw new Error(`${url} answered ${status} ${JSON.stringify(body).slice(0, 300)}`);
  return body as T;
}
