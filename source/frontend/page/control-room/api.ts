import type { Rum } from '../rum/rum.ts';
import type { TraceContext } from './links.ts';

export type ApiRequest = {
  method: 'GET' | 'POST' | 'DELETE';
  path: string;
  body?: unknown;
};

/** A user action, as named in telemetry. */
export type Action = {
  /** The span's name: `add unicorn`. */
  name: string;
  /** The custom event's name: `beast_added`. */
  event: string;
  attributes: Record<string, string>;
};

export type Answer = {
  milliseconds: number;
  trace: TraceContext | undefined;
} & (
  | { outcome: 'done'; status: number; value: unknown /** Parameter of the next page. */; next: string | undefined }
  | { outcome: 'refused'; status: number; title: string; detail: string }
  | { outcome: 'unreachable'; title: string; detail: string }
);

export type Api = {
  /** Never rejects. The request is part of the action's trace. */
  act(action: Action, request: ApiRequest): Promise<Answer>;
  /** For polling: untraced, and not part of the user's traffic. */
  ask(path: string): Promise<Answer>;
};

const TIMEOUT_MS = 30_000;

/** An unsampled context, so that the server doesn't trace polling. */
const UNSAMPLED = `00-${'5'.repeat(32)}-${'5'.repeat(16)}-00`;

/**
 * The server's API.
 *
 * @param rum called on each action, because it isn't available before the first request
 */
export function createApi(baseUrl: string, rum: () => Rum): Api {
  return {
    async act(action, request) {
      const span = rum().startSpan(action.name, action.attributes);
      const answer = await send(baseUrl, request, span.run);
      const trace =
        answer.trace ?? (span.traceId === undefined ? undefined : { traceId: span.traceId, spanId: undefined });
      const attributes = {
        ...action.attributes,
        outcome: answer.outcome,
        ...(answer.outcome !== 'unreachable' && { status: String(answer.status) }),
        duration_ms: answer.milliseconds.toFixed(1),
      };
      span.end(answer.outcome === 'done' ? undefined : answer.detail);
      rum().event(action.event, attributes, span);
      return { ...answer, trace };
    },
    ask: (path) => send(baseUrl, { method: 'GET', path }, (run) => run(), { traceparent: UNSAMPLED }),
  };
}

async function send(
  baseUrl: string,
  { method, path, body }: ApiRequest,
  run: (start: () => Promise<Response>) => Promise<Response>,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  try {
    // fetch reads the context synchronously, so only this call needs the active span.
    const response = await run(() =>
      fetch(`${baseUrl}${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      }),
    );
    const value = await readJson(response);
    const trace = traceOf(response);
    if (response.ok) {
      const next = nextPageOf(response.headers.get('link'));
      return { outcome: 'done', status: response.status, value, next, milliseconds: elapsed(), trace };
    }
    const { title, detail } = problemOf(value, response);
    return { outcome: 'refused', status: response.status, title, detail, milliseconds: elapsed(), trace };
  } catch (error) {
    const isTimeout = error instanceof DOMException && error.name === 'TimeoutError';
    const title = isTimeout ? 'Request timed out' : 'API unreachable';
    const reason = isTimeout
      ? `no response from ${baseUrl} within ${TIMEOUT_MS / 1000} s`
      : `no connection to ${baseUrl}`;
    const detail = navigator.onLine === false ? `${reason}: this browser is offline` : reason;
    return { outcome: 'unreachable', title, detail, milliseconds: elapsed(), trace: undefined };
  }
}

/** undefined for an empty body or invalid JSON, such as a proxy's error page. */
async function readJson(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** The server's errors are problem details (RFC 9457); a proxy's may not be. */
function problemOf(value: unknown, { status, statusText }: Response): { title: string; detail: string } {
  const { title, detail } = (value ?? {}) as { title?: unknown; detail?: unknown };
  return {
    title: typeof title === 'string' ? title : statusText || `Status ${status}`,
    detail: typeof detail === 'string' ? detail : `status ${status} without an error message`,
  };
}

/** `Server-Timing: traceparent;desc="00-<trace id>-<span id>-01"` */
export function traceOf({ headers }: Pick<Response, 'headers'>): TraceContext | undefined {
  const match = /traceparent;desc="00-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(headers.get('server-timing') ?? '');
  return match === null ? undefined : { traceId: match[1]!, spanId: match[2]! };
}

/** `</unicorn?limit=20&after=b>; rel="next"` → `b` */
export function nextPageOf(link: string | null): string | undefined {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? '')?.[1];
  return target === undefined ? undefined : (new URL(target, 'http://api').searchParams.get('after') ?? undefined);
}
