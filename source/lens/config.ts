import { loadConfig, variable } from '@mythical/common/config';
import { PAGE_PORT, TELEMETRY_PORTS } from '@mythical/common/services';
import { FRONTEND_ORIGINS } from '@mythical/common/settings';
import { z } from 'zod';

/** An endpoint to scrape. Its name becomes the `service` of the telemetry. */
export type Target = { name: string; url: string };

/** @param path the path in the example of an accepted value */
const targets = (description: string, path: string) => {
  const expected = `a list such as mythical-server=http://127.0.0.1:4000${path},other=http://127.0.0.1:4001${path}`;
  return z
    .string()
    .refine((text) => parseTargets(text) !== undefined, { message: expected })
    .transform((text) => parseTargets(text) ?? [])
    .meta({ description, expected });
};

/** Parses `name=url,name=url`; undefined if an entry has no name or no http(s) URL. */
function parseTargets(text: string): Target[] | undefined {
  const parsed: Target[] = [];
  for (const entry of text.split(',').map((part) => part.trim())) {
    if (entry === '') continue;
    const separator = entry.indexOf('=');
    const name = entry.slice(0, separator).trim();
    const url = entry.slice(separator + 1).trim();
    if (separator < 1 || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return undefined;
    parsed.push({ name, url });
  }
  return parsed;
}

const UNITS: Record<string, number> = { KB: 1e3, MB: 1e6, GB: 1e9, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30 };

const MEMORY_EXPECTED = 'a size of 100MB or more, such as 512MB or 1GB';

/** A size in DuckDB's notation. DuckDB needs at least about 100 MB. */
const memorySize = (description: string) =>
  z
    .string()
    .refine(
      (text) => {
        const match = /^(\d+(?:\.\d+)?)\s*([kmg]i?b)$/i.exec(text);
        return match !== null && Number(match[1]) * UNITS[match[2]!.toUpperCase()]! >= 100e6;
      },
      { message: MEMORY_EXPECTED },
    )
    .meta({ description, expected: MEMORY_EXPECTED });

export const environment = z.object({
  LENS_PORT: variable
    .port('port of the page, the API, Loki and Pyroscope pushes, and Prometheus remote write')
    .default(PAGE_PORT),
  LENS_OTLP_GRPC_PORT: variable.port('port for OTLP over gRPC').default(TELEMETRY_PORTS.otlpGrpc),
  LENS_OTLP_HTTP_PORT: variable
    .port('port for OTLP over HTTP, in addition to the page’s port')
    .default(TELEMETRY_PORTS.otlpHttp),
  LENS_LISTEN_ADDRESS: variable.host('address to listen on').default('127.0.0.1'),
  LENS_ALLOWED_HOSTS: variable
    .text(
      'host names under which browsers may open the page and the API, besides localhost and IP addresses; separated by commas',
    )
    .default(''),
  LENS_FARO_ORIGINS: variable
    .origins('origins of pages that may send telemetry to `/collect`, separated by commas; `none` allows no page')
    .default(FRONTEND_ORIGINS),
  LENS_DATA_DIR: variable
    .text('folder of the database file, or `:memory:` to keep telemetry in memory only')
    .default('.mythical/lens'),
  LENS_RETENTION_MINUTES: variable.integer('how long telemetry is kept, in minutes', { min: 1 }).default(60),
  LENS_MAX_ROWS: variable
    .integer('maximum number of rows per table; the oldest are deleted first', { min: 1000 })
    .default(2_000_000),
  LENS_MAX_DISK_MB: variable
    .integer('maximum size of stored telemetry on disk, in MB; if exceeded, the older half is deleted', { min: 10 })
    .default(1000),
  LENS_MEMORY_LIMIT: memorySize('maximum memory of DuckDB, for data and queries').default('512MB'),
  LENS_SCRAPE_TARGETS: targets(
    'Prometheus endpoints to scrape, as `name=url`, separated by commas; a URL may contain a user and password',
    '/metrics',
  ).default([]),
  LENS_SCRAPE_INTERVAL_MS: variable.integer('scrape interval, ms', { min: 100 }).default(5000),
  LENS_PPROF_TARGETS: targets(
    'base URLs of pprof endpoints (`…/debug/pprof`) to pull CPU and heap profiles from, as `name=url`, separated by commas',
    '/debug/pprof',
  ).default([]),
  LENS_PPROF_INTERVAL_MS: variable
    .integer('interval between profiles of a target, ms; most of it is spent profiling', { min: 1000 })
    .default(15_000),
});

/** Unlike in the environment, ports may be 0: the system chooses one, which `Lens` returns. */
export type LensConfig = ReturnType<typeof loadLensConfig>;

/** @throws {ConfigError} with a line per invalid variable */
export function loadLensConfig(env: NodeJS.ProcessEnv = process.env) {
  const given = loadConfig(environment, env);
  return {
    port: given.LENS_PORT,
    otlpGrpcPort: given.LENS_OTLP_GRPC_PORT,
    otlpHttpPort: given.LENS_OTLP_HTTP_PORT,
    listenAddress: given.LENS_LISTEN_ADDRESS,
    allowedHosts: given.LENS_ALLOWED_HOSTS.split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
    faroOrigins: given.LENS_FARO_ORIGINS,
    dataDir: given.LENS_DATA_DIR,
    retentionMinutes: given.LENS_RETENTION_MINUTES,
    maxRows: given.LENS_MAX_ROWS,
    maxDiskMegabytes: given.LENS_MAX_DISK_MB,
    memoryLimit: given.LENS_MEMORY_LIMIT,
    scrapeTargets: given.LENS_SCRAPE_TARGETS,
    scrapeIntervalMs: given.LENS_SCRAPE_INTERVAL_MS,
    pprofTargets: given.LENS_PPROF_TARGETS,
    pprofIntervalMs: given.LENS_PPROF_INTERVAL_MS,
  };
}

/** For tests: nothing on disk, and ports chosen by the system. `startLens(IN_MEMORY)` */
export const IN_MEMORY = { dataDir: ':memory:', port: 0, otlpGrpcPort: 0, otlpHttpPort: 0 } as const;
