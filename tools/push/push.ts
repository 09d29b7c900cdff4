import { setTimeout as sleep } from 'node:timers/promises';
import { decodeExportResponse } from '@mythical/common/otlp';
import { PAGE_PORT, TELEMETRY_PORTS } from '@mythical/common/services';
import { splitCredentials } from '@mythical/common/url-credentials';
import { explain } from '../../source/cloud-check/explain.ts';
import { type Answer, sendByGrpc, sendByHttp } from '../../source/cloud-check/send.ts';
import { isLens } from '../../workshop/live/lens.ts';
import { apiOn, BackendError, backendHint, findBackend } from './backends.ts';
import { PUSH_HINTS } from './hints.ts';
import { createItem, type Item, type Kind } from './items.ts';

export type Options = {
  kind: Kind;
  protocol: 'grpc' | 'http/protobuf';
  endpoint: string | undefined;
  headers: Record<string, string>;
  backend: string | undefined;
  backendHeaders: Record<string, string>;
  /** How long to wait for the item in the backend. */
  waitMs: number;
};

/** What happened, and if something went wrong, how to fix it. */
export type Step = { ok: boolean; text: string };

/** Sends one item and reads it back. The first step that isn't ok is the last. */
export async function* push(options: Options): AsyncGenerator<Step> {
  const endpoint = splitCredentials(options.endpoint ?? (await defaultEndpoint(options)));
  const url = new URL(endpoint.url);
  const item = createItem(options.kind, options.protocol);
  const send = item.signal !== 'profiles' && options.protocol === 'grpc' ? sendByGrpc : sendByHttp;
  const path = send === sendByHttp ? item.sample.path.replace(/\?.*/s, '') : '';
  const answer = await send({ url, headers: { ...endpoint.headers, ...options.headers } }, item.sample);
  const verdict = explain(item.signal, answer, PUSH_HINTS);
  const problem = verdict.outcome === 'ok' ? problemIn(item, answer) : verdict.hint;
  const answered = verdict.answered.replaceAll(/[\p{Cc}\s]+/gu, ' ').slice(0, 200);
  const text = `${item.kind} ${item.id} to ${url.href.replace(/\/$/, '')}${path}: ${answered}`;
  if (problem) return yield failed(`not accepted: ${text}`, problem);
  yield { ok: true, text: `accepted: ${text}` };
  yield await readBack(item, url.hostname, options);
}

const failed = (text: string, hint: string): Step => ({ ok: false, text: `${text}\n    ${hint}` });

/** A problem despite a successful status. */
function problemIn({ signal }: Item, answer: Answer): string | undefined {
  if (signal === 'profiles' || answer.kind === 'failure' || answer.body === undefined) return undefined;
  // Some endpoints answer in JSON, whatever the request's format.
  if (answer.text.startsWith('{')) return undefined;
  try {
    const { partialSuccess } = decodeExportResponse(answer.body);
    if (!partialSuccess || partialSuccess.rejected.toNumber() === 0) return undefined;
    return `the endpoint rejected the item (partial success): ${partialSuccess.errorMessage || 'without a reason'}`;
  } catch {
    return 'this is not an OTLP response: something other than an OTLP receiver listens there';
  }
}

async function readBack(item: Item, host: string, options: Options): Promise<Step> {
  const backend = await findBackend(item.signal, options.backend, host, options.backendHeaders);
  const where = `${backend.name} at ${backend.url}`;
  const start = performance.now();
  for (;;) {
    try {
      const isThere = await backend.has(item);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      if (isThere) return { ok: true, text: `found: in ${where}, after ${seconds} s` };
      if (performance.now() - start > options.waitMs) {
        const hint = `it got lost between the endpoint and ${backend.name}: see the log of the collector, and its metrics otelcol_exporter_send_failed_…`;
        return failed(`not found: in ${where}, within ${seconds} s`, hint);
      }
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      const hint = `the endpoint accepted the item. ${backendHint(item.signal, options.backend)}`;
      return failed(`not read back: ${where} ${error.message}`, hint);
    }
    await sleep(500);
  }
}

const PAGE = `http://localhost:${PAGE_PORT}`;

/** The OTLP ports of `npm start` and the Compose stack are the same. */
async function defaultEndpoint({ kind, protocol }: Options): Promise<string> {
  if (kind === 'profile') return (await isLens(PAGE)) ? PAGE : apiOn('localhost', 'profiles');
  return `http://localhost:${protocol === 'grpc' ? TELEMETRY_PORTS.otlpGrpc : TELEMETRY_PORTS.otlpHttp}`;
}
