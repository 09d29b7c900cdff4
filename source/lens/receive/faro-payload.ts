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
const timestamp = z.iso.datetime({ offset: true }).default(() => new Date().toISOString());
const trace = z.object({ trace_id: text.optional(), span_id: text.optional() }).optional();

const exception = z.object({
  type: textOrEmpty,
  value: textOrEmpty,
  timestamp,
  trace,
  context: attributes.optional(),
  stacktrace: z
    .object({
      frames: z
        .array(
          z.object({
            function: text.optional(),
            module: text.optional(),
            filename: text.optional(),
            lineno: z.number().optional(),
            colno: z.number().optional(),
          }),
        )
        .default([]),
    })
    .optional(),
});
const log = z.object({
  message: textOrEmpty,
  level: text.optional(),
  timestamp,
  trace,
  context: attributes.optional(),
});
const measurement = z.object({
  type: textOrEmpty,
  values: z.record(text, z.number()).default({}),
  timestamp,
  trace,
  context: attributes.optional(),
});
const event = z.object({
  name: textOrEmpty,
  domain: text.optional(),
  attributes: attributes.optional(),
  timestamp,
  trace,
});

const items = <T extends z.ZodType>(item: T) => z.array(item).max(MAX_ITEMS).default([]);

const payload = z.object({
  meta: z
    .object({
      sdk: z.object({ version: text.optional() }).optional(),
      app: z
        .object({
          name: text.optional(),
          namespace: text.optional(),
          version: text.optional(),
          environment: text.optional(),
        })
        .optional(),
      user: z.object({ id: text.optional(), username: text.optional() }).optional(),
      session: z.object({ id: text.optional(), attributes: attributes.optional() }).optional(),
      page: z.object({ id: text.optional(), url: text.optional() }).optional(),
      browser: z
        .object({
          name: text.optional(),
          version: text.optional(),
          os: text.optional(),
          mobile: z.boolean().optional(),
          userAgent: text.optional(),
          language: text.optional(),
          viewportWidth: text.optional(),
          viewportHeight: text.optional(),
        })
        .optional(),
      view: z.object({ name: text.optional() }).optional(),
    })
    .refine((meta) => JSON.stringify(meta).length <= MAX_META_CHARS, `more than ${MAX_META_CHARS} characters`)
    .default({}),
  exceptions: items(exception),
  logs: items(log),
  measurements: items(measurement),
  events: items(event),
});

export type FaroException = z.infer<typeof exception>;
export type FaroLog = z.infer<typeof log>;
export type FaroMeasurement = z.infer<typeof measurement>;
export type FaroEvent = z.infer<typeof event>;

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
