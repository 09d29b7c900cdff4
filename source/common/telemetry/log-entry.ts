import type { SpanContext } from '@opentelemetry/api';
import type { LoggingSettings } from '../settings.ts';
import type { Fields } from './logfmt.ts';

export type Level = LoggingSettings['LOG_LEVEL'];

export type LogEntry = {
  time: Date;
  level: Level;
  message: string;
  fields: Fields;
  span: SpanContext | undefined;
  kind: { tag: string; value: string } | undefined;
  /** The whole entry as one logfmt line. */
  line: string;
};
