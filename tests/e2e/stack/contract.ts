import { before } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { requestJson } from '../../../grafana/model/http.ts';
import { found } from '../../support/until.ts';
import { ADDRESSES, WITHOUT } from './addresses.ts';
import { type Collector, runningCollector } from './collector.ts';
import * as mimir from './mimir.ts';
import * as tempo from './tempo.ts';

// Shared by the files stack-*.e2e.ts. They test the signals of the running Docker Compose stack (docs/signals.md) through the
// backends' own APIs. Components that this machine can't run are listed in WITHOUT, and reported as "not run".

export const services = Object.values(SERVICES).map(({ name }) => name);

export const collector = await runningCollector();
console.log(`the collector is ${collector}`);

/** The `skip` option for a test of something that only one of the two can do. */
export const only = (which: Collector) => ({ skip: collector !== which && `${which} only` });

/** Selects the correlation from a span to its own flame graph. */
export const OWN_PROFILE = 'span → its own profile';

export const seriesOf = async (promql: string) => (await mimir.query(promql)).length;

/** Makes all tests of the file wait until the stack has telemetry from a few minutes. */
export function waitForStack(): void {
  before(async () => {
    await found(
      `a response from the server at ${ADDRESSES.server}; is docker compose up -d running?`,
      async () => (await requestJson(`${ADDRESSES.server}/readyz`)).status === 200,
    );
    if (WITHOUT.has('tempo')) return;
    await found(
      'complete traces in Tempo',
      async () => (await tempo.search('{ resource.service.name = "mythical-recorder" }')).length >= 20,
      120_000,
    );
    await found(
      'span metrics of both server versions, with errors, in Mimir',
      async () =>
        (await seriesOf(
          'sum by (service_version) (traces_spanmetrics_calls_total{service="mythical-server", status_code="STATUS_CODE_ERROR"})',
        )) >= 2,
      120_000,
    );
  });
}
