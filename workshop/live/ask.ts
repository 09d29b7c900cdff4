import { setTimeout as sleep } from 'node:timers/promises';

/** A request with a short timeout, which includes the body. */
export async function ask(url: string, init: RequestInit = {}, timeoutMs = 3_000): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
  const body = await response.arrayBuffer();
  return new Response(body.byteLength === 0 ? null : body, response);
}

export const TIMEOUT = 'timeout';

/** Something did not respond, or not as it should. */
export class NoAnswer extends Error {
  url: string;
  constructor(url: string, reason: string) {
    super(reason);
    this.url = url;
  }
}

export async function askJson<T>(url: string, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await ask(url, init);
  } catch (error) {
    throw new NoAnswer(new URL(url).origin, reasonOf(error));
  }
  if (!response.ok) throw new NoAnswer(url, `${response.status} ${(await response.text()).slice(0, 200)}`);
  return (await response.json()) as T;
}

/** What fetch reports if nothing listens, or if the connection is closed without a response, as Docker's proxy does then. */
export const NOT_OPEN = ['ECONNREFUSED', 'UND_ERR_SOCKET', 'ECONNRESET'];

/**
 * After a reload, Alloy starts new components only when the removed ones have stopped, which takes seconds if they sample or
 * export traces. Until then, a port is closed, or open but doesn't respond.
 */
const OPEN_MS = 10_000;

/** @returns the time until the port was open, in ms */
export async function send(url: string, body: unknown, headers: Record<string, string> = {}): Promise<number> {
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain' : 'application/json';
  const init = { method: 'POST', body: json, headers: { 'content-type': type, ...headers } };
  const began = Date.now();
  let open: number;
  let response: Response;
  for (;;) {
    try {
      open = Date.now();
      response = await ask(url, init, OPEN_MS);
      break;
    } catch (error) {
      const reason = reasonOf(error);
      // Closed ports only: after a timeout, the data may have arrived, and would then arrive twice.
      if (!NOT_OPEN.includes(reason) || Date.now() > began + OPEN_MS) throw new NoAnswer(url, reason);
      await sleep(200);
    }
  }
  if (!response.ok) throw new NoAnswer(url, `${response.status} ${(await response.text()).slice(0, 200)}`);
  return open - began;
}

export const reasonOf = (error: unknown): string => {
  const { cause, message, name } = error as Error & { cause?: { code?: string; message?: string } };
  if (name === 'TimeoutError') return TIMEOUT;
  return cause?.code ?? cause?.message ?? message;
};

export type Limits = { deadline: number; signal?: AbortSignal | undefined };

/** Asks again until `isEnough`, the deadline, or an abort; then the last response counts. */
export async function poll<T>(
  question: () => Promise<T>,
  isEnough: (answer: T) => boolean,
  { deadline, signal }: Limits,
): Promise<T> {
  for (;;) {
    const answer = await question();
    if (isEnough(answer) || Date.now() > deadline || signal?.aborted) return answer;
    await sleep(400);
  }
}
