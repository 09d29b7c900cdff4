import type { LoggingSettings } from '@mythical/common/settings';
import { identify } from '@mythical/common/telemetry/identity';
import type { Fields } from '@mythical/common/telemetry/logfmt';
import { createMetrics } from '@mythical/common/telemetry/metrics';
import { createOutlet } from '@mythical/common/telemetry/outlet';
import type { Telemetry } from '@mythical/common/telemetry/start';

export type TestTelemetry = Telemetry & {
  lines: { level: LoggingSettings['LOG_LEVEL']; message: string; fields: Fields }[];
};

/** Telemetry that keeps its log lines and sends nothing, for tests of parts in this process. */
export function createTestTelemetry(): TestTelemetry {
  const lines: TestTelemetry['lines'] = [];
  const write =
    (level: LoggingSettings['LOG_LEVEL']) =>
    (message: string, fields: Fields = {}) => {
      lines.push({ level, message, fields });
    };
  return {
    lines,
    identity: identify('mythical-server', { NAMESPACE: 'test', ENDPOINT_TYPE: 'MYTHICAL' }),
    logger: { error: write('error'), warn: write('warn'), info: write('info'), debug: write('debug') },
    metrics: createMetrics(),
    outlet: createOutlet(),
    profiling: { mode: 'off', async [Symbol.asyncDispose]() {} },
    async [Symbol.asyncDispose]() {},
  };
}
