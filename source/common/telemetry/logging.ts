import { context, logs, trace } from '@opentelemetry/api';
import { createLogger, format, transports } from 'winston';
import Transport from 'winston-transport';
import type { LoggingSettings } from '../settings.ts';
import { kindOf } from './baggage.ts';
import type { Identity } from './identity.ts';
import type { Level, LogEntry } from './log-entry.ts';
import { type Fields, formatLogfmt } from './logfmt.ts';
import { createLokiPush } from './loki-push.ts';
import type { Metrics } from './metrics.ts';
import { emitLogRecord } from './otlp-logs.ts';

/** Writes log lines, with the trace, span and kind of beast of the active context. */
export type Logger = Record<Level, (message: string, fields?: Fields) => void>;

export type Logging = { logger: Logger; [Symbol.asyncDispose](): Promise<void> };

/** With `TIMESHIFT`, `loggedtime` is this far in the past, in ms. */
const TIMESHIFT_MS = 40 * 60 * 1000;

/** The key of our entry on winston's log record. */
const ENTRY = Symbol('entry');

export function createLogging(identity: Identity, settings: LoggingSettings, metrics: Metrics): Logging {
  const resources = new AsyncDisposableStack();
  const outputs: Transport[] = [];
  const destinations: string[] = [];
  if (settings.LOGS_TARGET !== undefined) {
    const labels = { service_name: identity.serviceName, job: identity.serviceName, namespace: identity.namespace };
    const loki = resources.use(createLokiPush(settings.LOGS_TARGET, labels, metrics));
    outputs.push(createOutput((entry) => loki.push(entry)));
    destinations.push(settings.LOGS_TARGET);
  }
  if (settings.OTEL_LOGS_EXPORTER === 'otlp') {
    const otel = logs.getLogger(identity.serviceName, identity.version);
    outputs.push(createOutput((entry) => emitLogRecord(otel, entry)));
    destinations.push('the OTLP endpoint');
  }
  if (outputs.length === 0) outputs.push(new transports.Stream({ stream: process.stdout }));
  // So that a silent stdout doesn't look like a dead service.
  else console.log(formatLogfmt({ level: 'info', msg: `log lines go to ${destinations.join(' and ')}` }));

  const winston = createLogger({
    level: settings.LOG_LEVEL,
    format: format.printf((info) => (info as unknown as { [ENTRY]: LogEntry })[ENTRY].line),
    transports: outputs,
  });

  function write(level: Level, message: string, fields: Fields = {}): void {
    if (!winston.isLevelEnabled(level)) return;
    // Not in a winston format: those run in the context of whatever drains the stream.
    const entry = createEntry(identity, settings, level, message, fields);
    winston.log({ level, message, [ENTRY]: entry } as never);
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
    ...(settings.TIMESHIFT && { loggedtime: new Date(time.getTime() - TIMESHIFT_MS).toISOString() }),
    msg: message,
    ...fields,
    traceID: span?.traceId,
    spanID: span?.spanId,
  });
  const tagged = kind === undefined ? undefined : { tag: identity.vocabulary.tag, value: kind };
  return { time, level, message, fields, span, kind: tagged, line };
}

function createOutput(output: (entry: LogEntry) => void): Transport {
  return new Transport({
    log(info: { [ENTRY]: LogEntry }, done: () => void) {
      output(info[ENTRY]);
      done();
    },
  });
}
