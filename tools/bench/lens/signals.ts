import { logRequests } from './logs.ts';
import { profileRequests } from './profiles.ts';
import type { Requests } from './request.ts';
import { sampleRequests } from './samples.ts';
import { spanRequests } from './spans.ts';

/** The signals, named after lens's tables. */
export const SIGNALS = ['spans', 'logs', 'metrics', 'profiles'] as const;
export type Signal = (typeof SIGNALS)[number];

export const REQUESTS: Record<Signal, (firstRow?: number, batch?: number) => Requests> = {
  spans: spanRequests,
  logs: logRequests,
  metrics: sampleRequests,
  profiles: profileRequests,
};
