import { before } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { requestJson } from '../../../grafana/model/http.ts';
import { until } from '../../support/until.ts';
import { ADDRESSES, WITHOUT } from './addresses.ts';
import { type Collector, runningCollector } from './collector.ts';
import * as mimir from './mimir.ts';
import * as tempo from './tempo.ts';

// What the files stack-*.e2e.ts share. They hold the running stack of Docker Compose to the contract of the signals
// (docs/signals.md), through the interfaces of the backends themselves. What this machine can't run is named in WITHOUT, and
// reported as "not run".

export const services = Object.values(SERVICES).map(({ name }) => name);

export const collector = await runningCollector();
console.log(`the collector is ${collector}`);

/** The option `skip` of a test of what one of them does, and the other can't. */
export const only = (which: Collector) => ({ skip: collector !== which && `${which} only` });

/** Finds the correlation from a span to the flame graph of that very span. */
export const OWN_PROFILE = 'span → its own profile';

export const seriesOf = async (promql: string) => (await mimir.query(promql)).length;

/** Polls until the query finds something, so that a stack that has just started isn't called broken. */
export const found = <T>(what: string, ask: () => Promise<T>, timeoutMs = 60_000) =>
  until(ask, { timeoutMs, intervalMs: 1_000, what: () => what });

/** Registers that all tests of the file wait for a stack with the telemetry of a few minutes. */
export function waitForStack(): void {
  before(async () => {
    await found(
      `an answer of the server at ${ADDRESSES.server}; does docker compose up -d run?`,
      async () => (await requestJson(`${ADDRESSES.server}/readyz`)).status === 200,
    );
    if (WITHOUT.has('tempo')) return;
    await found(
      'whole traces in Tempo',
      async () => (await tempo.search('{ resource.service.name = "mythical-recorder" }')).length >= 20,
      120_000,
    );
    await found(
      'span metrics of both versions of the server, with errors, in Mimir',
      async () =>
        (await seriesOf(
          'sum by (service_version) (traces_spanmetrics_calls_total{service="mythical-server", status_code="STATUS_CODE_ERROR"})',
        )) >= 2,
      120_000,
    );
  });
}
