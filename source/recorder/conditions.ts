import { setTimeout as sleep } from 'node:timers/promises';
import type { Condition } from '@mythical/common/conditions';

/** Too slow for the usual traffic, even with 20 messages at a time. */
const SLOW_MS = 3_000;

export const slowWork = (): Condition => ({ meet: () => sleep(SLOW_MS) });
