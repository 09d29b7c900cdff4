import { type Context, context, propagation } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { findKind, type Vocabulary } from '../vocabulary.ts';

/**
 * The kind of beast that an action is about travels as W3C baggage, next to the trace context: from the requester to
 * the server and the recorder. So spans that know nothing of beasts (a database query, a publish) carry it as well.
 */

/** A context that carries the kind, for everything that happens in the action. */
export function withKind(vocabulary: Vocabulary, kind: string, parent: Context = context.active()): Context {
  const baggage = propagation.getBaggage(parent) ?? propagation.createBaggage();
  return propagation.setBaggage(parent, baggage.setEntry(vocabulary.tag, { value: kind }));
}

export function kindOf(vocabulary: Vocabulary, of: Context): string | undefined {
  const value = propagation.getBaggage(of)?.getEntry(vocabulary.tag)?.value;
  // Baggage comes from outside: only a known kind may become an attribute, or anybody could add endless values.
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
