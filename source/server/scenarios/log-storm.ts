import type { Fault, FaultContext } from './fault.ts';

const LINES = 50;

export const logStorm = ({ telemetry: { logger } }: FaultContext): Fault => ({
  onRequest() {
    for (let line = 1; line <= LINES; line++) logger.warn('the beasts are restless', { scenario: 'log-storm', line });
  },
});
