import { z } from 'zod';
import { decodeJson } from './otlp-json.ts';
import type { Requests } from './otlp-messages.ts';
import { expectKnownField, PayloadError, parseJson } from './payload.ts';

/**
 * What Grafana Faro's web SDK sends, as Alloy's `faro.receiver` accepts it:
 * https://grafana.com/docs/alloy/latest/reference/components/faro/faro.receiver/
 *
 * As in Alloy, unknown fields are ignored, all fields are optional, and null means absent.
 */
export type FaroPayload = z.infer<typeof payload> & { traces: Requests['traces'] | undefined };
export type FaroMeta = FaroPayload['meta'];

/** Alloy's default `max_allowed_payload_size`. */
export const MAX_FARO_BYTES = 5 * 2 ** 20;

/** Faro sends at most 50 items. Each becomes a log line with all the metadata, so both are bounded. */
const MAX_ITEMS = 1_000;
const MAX_META_CHARS = 16_000;

const text = z.string();
/** Go strings default to the empty string. */
const textOrEmpty = text.default('');
/** Faro's API types the values as strings, but passes on whatever the page gave it. */
const attributes = z.record(text, z.unknown());

/** Fields of every item. */
const item = {
  timestamp: z.iso.datetime({ offset: true }).default(() => new Date().toISOString()),
  trace: z.object({ trace_id: text, span_id: text }).partial().optional(),
};
const context = attributes.optional();
const frame = z.object({ function: text, module: text, filename: text, lineno: z.number(), colno: z.number() });
const exception = z.object({
  ...item,
  type: textOrEmpty,
  value: textOrEmpty,
  context,
  stacktrace: z.object({ frames: z.array(frame.partial()).default([]) }).optional(),
});
const log = z.object({ ...item, message: textOrEmpty, level: text.optional(), context });
const measurement = z.object({ ...item, type: textOrEmpty, values: z.record(text, z.number()).default({}), context });
const event = z.object({ ...item, name: textOrEmpty, domain: text.optional(), attributes: attributes.optional() });

const meta = z
  .object({
    sdk: z.object({ version: text }).partial(),
    app: z.object({ name: text, namespace: text, version: text, environment: text }).partial(),
    user: z.object({ id: text, username: text }).partial(),
    session: z.object({ id: text, attributes }).partial(),
    page: z.object({ id: text, url: text }).partial(),
    browser: z
      .object({
        name: text,
        version: text,
        os: text,
        mobile: z.boolean(),
        userAgent: text,
        language: text,
        viewportWidth: text,
        viewportHeight: text,
      })
      .partial(),
    view: z.object({ name: text }).partial(),
  })
  .partial()
  .refine((meta) => JSON.stringify(meta).length <= MAX_META_CHARS, `more than ${MAX_META_CHARS} characters`)
  .default({});

const items = <T extends z.ZodType>(type: T) => z.array(type).max(MAX_ITEMS).default([]);

const payload = z.object({
  meta,
  exceptions: items(exception),
  logs: items(log),
  measurements: items(measurement),
  events: items(event),
});

export type FaroException = z.infer<typeof exception>;
export type FaroLog = z.infer<typeof log>;

/** @throws {PayloadError} naming the invalid field */
export function decodeFaro(body: string): FaroPayload {
  const json = parseJson(body, (_key, value) => (value === null ? undefined : withoutHoles(value)));
  expectKnownField(json, [...Object.keys(payload.shape), 'traces']);
  const decoded = payload.safeParse(json);
  if (!decoded.success) throw new PayloadError(`not a Faro payload: ${z.prettifyError(decoded.error)}`);
  const { traces } = json as { traces?: unknown };
  return {
    ...decoded.data,
    traces: traces === undefined ? undefined : decodeJson('traces', JSON.stringify(traces)),
  };
}

/** The JSON reviver removes undefined properties from objects, but leaves holes in arrays. */
function withoutHoles(value: unknown): unknown {
  return Array.isArray(value) ? value.filter((item) => item !== undefined) : value;
}
