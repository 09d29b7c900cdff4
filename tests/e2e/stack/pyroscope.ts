import { postJson } from '../../../grafana/model/http.ts';
import { ADDRESSES } from './addresses.ts';

/** Function names in the flame graph for a selector in the last `minutes`. */
export async function functions(profileTypeID: string, labelSelector: string, minutes = 5): Promise<string[]> {
  const now = Date.now();
  const { flamegraph } = await postJson<{ flamegraph?: { names: string[] } }>(
    `${ADDRESSES.pyroscope}/querier.v1.QuerierService/SelectMergeStacktraces`,
    { profileTypeID, labelSelector, start: now - minutes * 60_000, end: now, maxNodes: 4096 },
  );
  return flamegraph?.names ?? [];
}

/** Profile types from the last `minutes`, such as `process_cpu:cpu:nanoseconds:cpu:nanoseconds`. */
export async function profileTypes(minutes = 5): Promise<string[]> {
  const now = Date.now();
  const { profileTypes = [] } = await postJson<{ profileTypes?: { ID: string }[] }>(
    `${ADDRESSES.pyroscope}/querier.v1.QuerierService/ProfileTypes`,
    { start: now - minutes * 60_000, end: now },
  );
  return profileTypes.map(({ ID }) => ID);
}
