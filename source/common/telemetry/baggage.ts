import { type Context, context, propagation } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { findKind, type Vocabulary } from '../vocabulary.ts';

/**
 * The kind of beast travels from the requester to the server and the recorder as W3C baggage, next to the trace
 * context, so that database and queue spans carry it too.
 */

/** A context that carries the kind. */
export function withKind(vocabulary: Vocabulary, kind: string, parent: Context = context.active()): Context {
  const baggage = propagation.getBaggage(parent) ?? propagation.createBaggage();
  return propagation.setBaggage(parent, baggage.setEntry(vocabulary.tag, { value: kind }));
}

export function kindOf(vocabulary: Vocabulary, of: Context): string | undefined {
  const value = propagation.getBaggage(of)?.getEntry(vocabulary.tag)?.value;
  // Baggage comes from outside: only known kinds become attributes, so that cardinality stays bounded.
  return value !== undefined && findKind(vocabulary, value) ? value : undefined;
}

/** Copies the kind from the baggage to each span that starts. */
export function createKindSpanProcessor(vocabulary: Vocabulary): SpanProcessor {
  return {
    onStart(span: Span, parent: Context) {
      const kind = kindOf(vocabulary, parent);
      if (kind !== undefined) span.setAttribute(vocabulary.tag, kind);
    },
    onEnd() {},
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
