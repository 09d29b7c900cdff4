/** A request of this page, as the user experienced it. */
type RequestRecord = { id: number; ok: boolean; milliseconds: number; label: string };

export type Traffic = {
  requests: number;
  errors: number;
  /** Latency of the recent requests, in ms; undefined before the first. */
  median: number | undefined;
  p95: number | undefined;
  recent: readonly RequestRecord[];
};

export const NO_TRAFFIC: Traffic = { requests: 0, errors: 0, median: undefined, p95: undefined, recent: [] };

/** Latency covers the last requests only; counts cover all. */
export const RECENT = 60;

export function withRequest({ requests, errors, recent }: Traffic, request: RequestRecord): Traffic {
  const kept = [...recent, request].slice(-RECENT);
  const sorted = kept.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    requests: requests + 1,
    errors: errors + (request.ok ? 0 : 1),
    median: quantile(sorted, 0.5),
    p95: quantile(sorted, 0.95),
    recent: kept,
  };
}

/** The nearest-rank quantile. */
function quantile(sorted: readonly number[], share: number): number | undefined {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}
