import type { Logger } from '@mythical/common/telemetry/logging';

const LINES = 50;

export function writeLogStorm(logger: Logger): void {
  for (let line = 1; line <= LINES; line++) logger.warn('the beasts are restless', { scenario: 'log-storm', line });
}
