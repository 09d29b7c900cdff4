import { SERVICE_NODE_ARGS, type ServiceKey } from '@mythical/common/services';
import { startChild } from '../../source/launcher/child.ts';
import { freePort } from '../../source/launcher/ports.ts';
import { IN_MEMORY, type Lens, startLens } from '../../source/lens/lens.ts';
import { startDatabase } from './database.ts';
import { inProject } from './project.ts';
import { until } from './until.ts';

/** The real services as separate processes, a real Postgres, and a lens that receives their telemetry. */
export type Sandbox = {
  lens: Lens;
  /** The environment that makes a service use this Postgres and this lens. */
  env: Record<string, string>;
  start(service: ServiceKey, env?: Record<string, string>): Promise<RunningService>;
  /** The result rows of a query to lens, as objects. */
  rows<T = Record<string, unknown>>(sql: string): Promise<T[]>;
  [Symbol.asyncDispose](): Promise<void>;
};

export type RunningService = {
  url: string;
  pid: number;
  /** All of its output to stdout and stderr. */
  output(): string;
  /** Sends SIGTERM and waits until it has exited. */
  stop(): Promise<{ code: number | null; signal: NodeJS.Signals | null; milliseconds: number }>;
};

export async function startSandbox(overrides: Parameters<typeof startLens>[0] = {}): Promise<Sandbox> {
  await using resources = new AsyncDisposableStack();
  const [database, lens] = await Promise.all([startDatabase(), startLens({ ...IN_MEMORY, ...overrides }, () => {})]);
  resources.use(database);
  resources.use(lens);
  const env = {
    ...postgresEnv(database.url),
    ...telemetryEnv(lens),
    QUEUE_TRANSPORT: 'postgres',
    ALWAYS_SUCCEED: 'true',
  };

  const started = resources.move();
  return {
    lens,
    env,
    async start(service, serviceEnv = {}) {
      const running = await startService(service, { ...env, ...serviceEnv });
      started.defer(async () => void (await running.stop()));
      return running;
    },
    async rows<T>(sql: string) {
      return rowsOf<T>(await lens.query(sql));
    },
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}

/** Query results as one object for each row. */
export function rowsOf<T>({ columns, rows }: { columns: { name: string }[]; rows: unknown[][] }): T[] {
  return rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index]])) as T);
}

export function postgresEnv(url: string): Record<string, string> {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    POSTGRES_HOST: hostname,
    POSTGRES_PORT: port,
    POSTGRES_USER: username,
    POSTGRES_PASSWORD: password,
    POSTGRES_DB: pathname.slice(1),
  };
}

function telemetryEnv(lens: Lens): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: lens.otlpGrpcUrl,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    LOGS_TARGET: `${lens.url}/loki/api/v1/push`,
    PROFILE_COLLECTOR_HOST: '127.0.0.1',
    PROFILE_COLLECTOR_PORT: String(lens.ports.http),
    PROFILE_INTERVAL_MS: '2000',
    SPAN_PROFILES: 'true',
  };
}

type StartOptions = { isReady?: (url: string, output: string) => Promise<boolean> };

/** Starts the three services on these ports. */
export async function startApplication(
  sandbox: Sandbox,
  ports: Record<ServiceKey, number>,
  env: Record<string, string>,
): Promise<RunningService> {
  const start = (service: ServiceKey, more = {}) =>
    sandbox.start(service, { ...env, PORT: String(ports[service]), ...more });
  const server = await start('server');
  await Promise.all([start('recorder'), start('requester', { MYTHICAL_SERVER_URL: server.url })]);
  return server;
}

/** Starts a service and waits until it is ready. */
export function startService(
  service: ServiceKey,
  env: Record<string, string>,
  options?: StartOptions,
): Promise<RunningService> {
  return startProgram(service, inProject(`source/${service}/main.ts`), env, options);
}

/** Starts a program that listens on `PORT` and has `/readyz`, and waits until it is ready. */
export async function startProgram(
  name: string,
  main: string,
  env: Record<string, string>,
  { isReady = async (url) => (await fetch(`${url}/readyz`)).ok }: StartOptions = {},
): Promise<RunningService> {
  const port = env.PORT ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  const child = startChild({
    name,
    main,
    nodeArgs: SERVICE_NODE_ARGS,
    env: { PATH: process.env.PATH, PORT: String(port), ...env },
    onLine: (line) => void lines.push(line),
  });
  let ended = false;
  void child.exited.then(() => {
    ended = true;
  });
  try {
    await until(
      async () => {
        return ended || (await isReady(url, lines.join('\n')));
      },
      { what: () => `${name} to be ready; its output:\n${lines.join('\n')}` },
    );
    if (ended) throw new Error(`${name} ended at startup:\n${lines.join('\n')}`);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    url,
    pid: child.pid!,
    output: () => lines.join('\n'),
    async stop() {
      const start = performance.now();
      await child.stop();
      const { code, signal } = await child.exited;
      return { code, signal, milliseconds: performance.now() - start };
    },
  };
}
