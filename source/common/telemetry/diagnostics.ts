import { context, DiagLogLevel, diag, ROOT_CONTEXT } from '@opentelemetry/api';
import { setGlobalErrorHandler } from '@opentelemetry/core';
import type { Logger } from './logging.ts';

/**
 * Repeats of an SDK message within this time are suppressed, so that an unavailable collector doesn't flood the log.
 */
const REPEAT_AFTER_MS = 60_000;
/** How many distinct messages are remembered. */
const REMEMBERED = 100;

/** Routes the OpenTelemetry SDK's warnings and errors to the service's log. */
export function logSdkDiagnostics(logger: Logger): void {
  const lastSeen = new Map<string, number>();

  function warnOnce(...parts: unknown[]): void {
    const text = parts.map(textOf).join(' ').slice(0, 1000);
    const now = Date.now();
    if (now - (lastSeen.get(text) ?? 0) < REPEAT_AFTER_MS) return;
    lastSeen.delete(text);
    lastSeen.set(text, now);
    if (lastSeen.size > REMEMBERED) lastSeen.delete(lastSeen.keys().next().value!);
    // Exports run in the context of whichever request started the timer, but don't belong to it.
    context.with(ROOT_CONTEXT, () => logger.warn(`telemetry: ${text}`));
  }

  const quiet = () => {};
  setGlobalErrorHandler(warnOnce);
  diag.setLogger(
    { error: warnOnce, warn: warnOnce, info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function textOf(part: unknown): string {
  if (part instanceof Error) return part.message;
  return typeof part === 'string' ? part : JSON.stringify(part);
}
