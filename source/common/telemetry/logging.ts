import { context, logs, trace } from '@opentelemetry/api';
import { createLogger, format, transports } from 'winston';
import type { LoggingSettings } from '../settings.ts';
import { kindOf } from './baggage.ts';
import type { Identity } from './identity.ts';
import type { Level, LogEntry } from './log-entry.ts';
import { type Fields, formatLogfmt } from './logfmt.ts';
import { createLokiPush } from './loki-push.ts';
import type { Metrics } from './metrics.ts';
import { emitLogRecord } from './otlp-logs.ts';
import type { Outlet } from './outlet.ts';

/** Writes log lines, with the trace, span and kind of beast of the active context. */
export type Logger = Record<Level, (message: string, fields?: Fields) => void>;

export type Logging = { logger: Logger; [Symbol.asyncDispose](): Promise<void> };

/** With `TIMESHIFT`, `loggedtime` is this far in the past, in ms. */
const TIMESHIFT_MS = 40 * 60 * 1000;

/** The key of our entry on winston's log record. */
const ENTRY = Symbol('entry');

export function createLogging(
  identity: Identity,
  settings: LoggingSettings,
  metrics: Metrics,
  outlet: Outlet,
): Logging {
  const resources = new AsyncDisposableStack();
  const outputs: ((entry: LogEntry) => void)[] = [];
  const destinations: string[] = [];
  if (settings.LOGS_TARGET !== undefined) {
    const labels = { service_name: identity.serviceName, job: identity.serviceName, namespace: identity.namespace };
    const loki = resources.use(createLokiPush(settings.LOGS_TARGET, labels, metrics));
    outputs.push((entry) => loki.push(entry));
    destinations.push(settings.LOGS_TARGET);
  }
  if (settings.OTEL_LOGS_EXPORTER === 'otlp') {
    const otel = logs.getLogger(identity.serviceName, identity.version);
    outputs.push((entry) => emitLogRecord(otel, entry));
    destinations.push('the OTLP endpoint');
  }
  const toStdout = outputs.length === 0;
  // So that a silent stdout doesn't look like a dead service.
  if (!toStdout) console.log(formatLogfmt({ level: 'info', msg: `log lines go to ${destinations.join(' and ')}` }));

  const winston = createLogger({
    level: settings.LOG_LEVEL,
    format: format.printf((info) => (info as unknown as { [ENTRY]: LogEntry })[ENTRY].line),
    transports: toStdout ? [new transports.Stream({ stream: process.stdout })] : [],
    silent: !toStdout,
  });

  function write(level: Level, message: string, fields: Fields = {}): void {
    if (!winston.isLevelEnabled(level) || outlet.closed.has('logs')) return;
    // Not in a winston format: those run in the context of whatever drains the stream.
    const entry = createEntry(identity, settings, outlet, level, message, fields);
    if (toStdout) winston.log({ level, message, [ENTRY]: entry } as never);
    // Not as winston transports: its two streams for each line would cost more than the line.
    for (const output of outputs) output(entry);
  }

  return {
    logger: {
      error: (message, fields) => write('error', message, fields),
      warn: (message, fields) => write('warn', message, fields),
      info: (message, fields) => write('info', message, fields),
      debug: (message, fields) => write('debug', message, fields),
    },
    async [Symbol.asyncDispose]() {
      const finished = new Promise((resolve) => winston.once('finish', resolve));
      winston.end();
      await finished;
      await resources.disposeAsync();
    },
  };
}

function createEntry(
  identity: Identity,
  settings: LoggingSettings,
  { offsetMs }: Outlet,
  level: Level,
  message: string,
  fields: Fields,
): LogEntry {
  const time = new Date();
  const active = context.active();
  const span = trace.getSpanContext(active);
  const kind = kindOf(identity.vocabulary, active);
  const line = formatLogfmt({
    level,
    ...(settings.TIMESHIFT && { loggedtime: new Date(time.getTime() + offsetMs - TIMESHIFT_MS).toISOString() }),
    msg: message,
    ...fields,
    traceID: span?.traceId,
    spanID: span?.spanId,
  });
  const tagged = kind === undefined ? undefined : { tag: identity.vocabulary.tag, value: kind };
  return { time, offsetMs, level, message, fields, span, kind: tagged, line };
}
