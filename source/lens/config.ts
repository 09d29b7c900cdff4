import { loadConfig, variable } from '@mythical/common/config';
import { PAGE_PORT, TELEMETRY_PORTS } from '@mythical/common/services';
import { FRONTEND_ORIGINS } from '@mythical/common/settings';
import { z } from 'zod';

/** Something that lens fetches telemetry from. Its name becomes the `service` of what is fetched. */
export type Target = { name: string; url: string };

const TARGETS_EXPECTED =
  'a list such as mythical-server=http://127.0.0.1:4000/metrics,other=http://127.0.0.1:4001/metrics';

const targets = (description: string) =>
  z
    .string()
    .refine((text) => parseTargets(text) !== undefined, { message: TARGETS_EXPECTED })
    .transform((text) => parseTargets(text) ?? [])
    .meta({ description, expected: TARGETS_EXPECTED });

/** `name=url,name=url` → targets; undefined where an entry has no name or no http(s) URL. */
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

/** A size in DuckDB's notation. DuckDB itself needs about 100 MB to be of use. */
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
    .port("Port of lens's page and API, of Loki and Pyroscope pushes, and of Prometheus remote write.")
    .default(PAGE_PORT),
  LENS_OTLP_GRPC_PORT: variable.port('Port that OTLP over gRPC is received on.').default(TELEMETRY_PORTS.otlpGrpc),
  LENS_OTLP_HTTP_PORT: variable
    .port('Port that OTLP over HTTP is received on, beside the page’s own port.')
    .default(TELEMETRY_PORTS.otlpHttp),
  LENS_LISTEN_ADDRESS: variable.host('Address that all ports are bound to.').default('127.0.0.1'),
  LENS_ALLOWED_HOSTS: variable
    .text(
      'Host names, separated by commas, under which browsers may open the page and the API, besides localhost and IP addresses.',
    )
    .default(''),
  LENS_FARO_ORIGINS: variable
    .origins(
      'Origins of the pages whose browsers may send telemetry to /collect, separated by commas; `none` allows no page.',
    )
    .default(FRONTEND_ORIGINS),
  LENS_DATA_DIR: variable
    .text('Folder of the database file, or `:memory:` to keep telemetry in memory only.')
    .default('.mythical/lens'),
  LENS_RETENTION_MINUTES: variable.integer('Telemetry older than this is deleted.', { min: 1 }).default(60),
  LENS_MAX_ROWS: variable
    .integer('The most rows kept in each table; the oldest are deleted first.', { min: 1000 })
    .default(2_000_000),
  LENS_MAX_DISK_MB: variable
    .integer('The most disk space that stored telemetry takes; beyond it, the older half is deleted.', { min: 10 })
    .default(1000),
  LENS_MEMORY_LIMIT: memorySize('The most memory that DuckDB uses for data and queries.').default('512MB'),
  LENS_SCRAPE_TARGETS: targets(
    'Prometheus endpoints to scrape, as name=url, separated by commas; a URL may have a user and password in it.',
  ).default([]),
  LENS_SCRAPE_INTERVAL_MS: variable.integer('Time between two scrapes of a target.', { min: 100 }).default(5000),
  LENS_PPROF_TARGETS: targets(
    'Base URLs of pprof endpoints to fetch CPU and heap profiles from (…/debug/pprof), as name=url, separated by commas.',
  ).default([]),
  LENS_PPROF_INTERVAL_MS: variable
    .integer('Time between two profiles of a target, most of it spent profiling.', { min: 1000 })
    .default(15_000),
});

/** Ports may be 0 here, though not in the environment: the system then chooses, and `Lens` tells which. */
export type LensConfig = {
  port: number;
  otlpGrpcPort: number;
  otlpHttpPort: number;
  listenAddress: string;
  allowedHosts: string[];
  faroOrigins: string[];
  dataDir: string;
  retentionMinutes: number;
  maxRows: number;
  maxDiskMegabytes: number;
  memoryLimit: string;
  scrapeTargets: Target[];
  scrapeIntervalMs: number;
  pprofTargets: Target[];
  pprofIntervalMs: number;
};

/** @throws {ConfigError} from `@mythical/common/config`, one line for each wrong variable. */
export function loadLensConfig(env: NodeJS.ProcessEnv = process.env): LensConfig {
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

/** For tests: nothing on disk, and ports that the system chooses. `startLens(IN_MEMORY)` */
export const IN_MEMORY = { dataDir: ':memory:', port: 0, otlpGrpcPort: 0, otlpHttpPort: 0 } as const;
