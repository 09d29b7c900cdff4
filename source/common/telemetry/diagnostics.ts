import { DiagLogLevel, diag } from '@opentelemetry/api';
import type { Logger } from './logging.ts';

/** A message of the SDK that repeats within this time is not written again: a collector that is away says so once. */
const REPEAT_AFTER_MS = 60_000;
/** Different messages that are remembered; beyond, the oldest is forgotten. */
const REMEMBERED = 100;

/** Sends the OpenTelemetry SDK's own warnings and errors to our log. */
export function logSdkDiagnostics(logger: Logger): void {
  const lastSeen = new Map<string, number>();
  const once =
    (write: Logger['warn']) =>
    (message: string, ...details: unknown[]) => {
      const text = [message, ...details.map(textOf)].join(' ').slice(0, 1000);
      const now = Date.now();
      if (now - (lastSeen.get(text) ?? 0) < REPEAT_AFTER_MS) return;
      lastSeen.delete(text);
      lastSeen.set(text, now);
      if (lastSeen.size > REMEMBERED) lastSeen.delete(lastSeen.keys().next().value!);
      write(`telemetry: ${text}`);
    };
  const quiet = () => {};
  diag.setLogger(
    { error: once(logger.warn), warn: once(logger.warn), info: quiet, debug: quiet, verbose: quiet },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}

function textOf(detail: unknown): string {
  return detail instanceof Error ? detail.message : typeof detail === 'string' ? detail : JSON.stringify(detail);
}
