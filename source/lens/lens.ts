import { localUrl } from '@mythical/common/http/address';
import { type LensConfig, loadLensConfig } from './config.ts';
import { createApp, listenHttp } from './http/server.ts';
import { createQueries, type QueryResult } from './query.ts';
import { listenOtlpGrpc } from './receive/otlp-grpc.ts';
import { startPprofPull } from './receive/pprof-pull.ts';
import { startScraping } from './receive/prometheus-scrape.ts';
import { createSelfMetrics } from './self-metrics.ts';
import { openDatabase } from './store/database.ts';
import { openStore } from './store/store.ts';
import type { Summary } from './store/summary.ts';

export { IN_MEMORY, type LensConfig } from './config.ts';
export type { QueryResult } from './query.ts';
export type { Summary } from './store/summary.ts';

/** A running lens. Disposing writes what it has accepted, then stops it. */
export type Lens = {
  /** The page and the API, which also accepts Loki and Pyroscope pushes, remote write and OTLP/HTTP: `http://127.0.0.1:3000` */
  url: string;
  /** The endpoint for gRPC exporters: `http://127.0.0.1:4317` */
  otlpGrpcUrl: string;
  /** The endpoint for HTTP exporters, which append /v1/traces etc.: `http://127.0.0.1:4318` */
  otlpHttpUrl: string;
  ports: { http: number; otlpGrpc: number; otlpHttp: number };
  /** Like POST /api/query: sees everything received before the call. Rejects with a QueryError. */
  query(sql: string): Promise<QueryResult>;
  /** Like GET /api/summary. */
  summary(): Promise<Summary>;
  [Symbol.asyncDispose](): Promise<void>;
};

/**
 * Starts lens in this process. It reports its own metrics only, and doesn't trace itself.
 *
 * @param overrides of the defaults; tests use `startLens(IN_MEMORY)` @param announce receives messages for the user,
 * such as failing scrapes and lost rows
 */
export async function startLens(
  overrides: Partial<LensConfig> = {},
  announce: (message: string) => void = console.error,
): Promise<Lens> {
  const config: LensConfig = { ...loadLensConfig({}), ...overrides };
  await using resources = new AsyncDisposableStack();

  const metrics = createSelfMetrics();
  const database = resources.use(await openDatabase({ ...config, announce }));
  const limits = { ...config, maxBytes: config.maxDiskMegabytes * 1e6 };
  const store = resources.use(await openStore({ database, limits, metrics, announce }));
  const queries = resources.use(await createQueries({ database, store, metrics }));

  const app = createApp({ ...config, store, queries, metrics, announce });
  const http = resources.use(await listenHttp(app, config.port, config.listenAddress));
  const otlpHttp = resources.use(await listenHttp(app, config.otlpHttpPort, config.listenAddress));
  const otlpGrpc = resources.use(await listenOtlpGrpc({ store, metrics }, config.otlpGrpcPort, config.listenAddress));
  const sink = { store, metrics, announce };
  resources.use(startScraping({ ...sink, targets: config.scrapeTargets, intervalMs: config.scrapeIntervalMs }));
  resources.use(startPprofPull({ ...sink, targets: config.pprofTargets, intervalMs: config.pprofIntervalMs }));

  const urlOf = (port: number) => localUrl(config.listenAddress, port);
  const started = resources.move();
  return {
    url: urlOf(http.port),
    otlpGrpcUrl: urlOf(otlpGrpc.port),
    otlpHttpUrl: urlOf(otlpHttp.port),
    ports: { http: http.port, otlpGrpc: otlpGrpc.port, otlpHttp: otlpHttp.port },
    query: queries.run,
    summary: store.summary,
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
