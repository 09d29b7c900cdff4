import { setTimeout as sleep } from 'node:timers/promises';
import { decodeExportResponse } from '@mythical/common/otlp';
import { splitCredentials } from '@mythical/common/url-credentials';
import { explain } from '../../source/cloud-check/explain.ts';
import { type Answer, sendByGrpc, sendByHttp } from '../../source/cloud-check/send.ts';
import { BackendError, findBackend, isLens } from './backends.ts';
import { PUSH_HINTS } from './hints.ts';
import { createItem, type Item, type Kind } from './items.ts';

export type Options = {
  kind: Kind;
  protocol: 'grpc' | 'http/protobuf';
  endpoint: string | undefined;
  headers: Record<string, string>;
  backend: string | undefined;
  backendHeaders: Record<string, string>;
  /** How long to look for it. */
  waitMs: number;
};

/** A step of its way, with whether it was the last because something is wrong. */
export type Step = { ok: boolean; text: string; hint?: string };

/** Sends one item, and looks for it where it should arrive. */
export async function* push(options: Options): AsyncGenerator<Step> {
  const endpoint = splitCredentials(options.endpoint ?? (await defaultEndpoint(options)));
  const url = new URL(endpoint.url);
  const item = createItem(options.kind, options.protocol);
  const send = item.signal !== 'profiles' && options.protocol === 'grpc' ? sendByGrpc : sendByHttp;
  const sent = `${url.href.replace(/\/$/, '')}${send === sendByHttp ? item.sample.path.replace(/\?.*/s, '') : ''}`;
  const answer = await send({ url, headers: { ...endpoint.headers, ...options.headers } }, item.sample);
  const verdict = explain(item.signal, answer, PUSH_HINTS);
  const doubt = verdict.outcome === 'ok' ? doubtAbout(item, answer) : verdict.hint;
  const what = `${item.kind} ${item.mark} to ${sent}`;
  if (doubt) return yield { ok: false, text: `not taken: ${what}: ${verdict.answered}`, hint: doubt };
  yield { ok: true, text: `taken: ${what}: ${verdict.answered}` };
  yield await readBack(item, url.hostname, options);
}

/** What a status of success may hide. */
function doubtAbout({ signal }: Item, answer: Answer): string | undefined {
  if (signal === 'profiles' || answer.kind === 'failure' || answer.body === undefined) return undefined;
  try {
    const { partialSuccess } = decodeExportResponse(answer.body);
    if (!partialSuccess || partialSuccess.rejected.toNumber() === 0) return undefined;
    return `it rejected the item (partial success): ${partialSuccess.errorMessage || 'it gave no reason'}`;
  } catch {
    return 'this is not an answer of OTLP: something else than a receiver of OTLP listens there';
  }
}

async function readBack(item: Item, host: string, options: Options): Promise<Step> {
  const backend = await findBackend(item.signal, options.backend, host, options.backendHeaders);
  const where = `${backend.name} at ${backend.url}`;
  const start = performance.now();
  for (;;) {
    try {
      const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
      if (await backend.has(item)) return { ok: true, text: `found: in ${where}, after ${seconds()} s` };
      if (performance.now() - start > options.waitMs) {
        const hint = `it got lost between the endpoint, which took it, and ${backend.name}: see the log of what listens at the endpoint, and its metrics of failed sends`;
        return { ok: false, text: `not found: in ${where}, within ${seconds()} s`, hint };
      }
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      const hint = 'the endpoint took it, but whether it arrived can’t be seen: --backend says where it can be read';
      return { ok: false, text: `not read back: ${where} ${error.message}`, hint };
    }
    await sleep(500);
  }
}

/** Of lens (`npm start`) and of the Compose stack alike; only profiles have another. */
async function defaultEndpoint({ kind, protocol }: Options): Promise<string> {
  if (kind !== 'profile') return `http://localhost:${protocol === 'grpc' ? 4317 : 4318}`;
  return (await isLens('http://localhost:3000')) ? 'http://localhost:3000' : 'http://localhost:4040';
}
