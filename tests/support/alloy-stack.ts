import path from 'node:path';
import { SERVICES, type ServiceKey } from '@mythical/common/services';
import { freePort } from '../../source/launcher/ports.ts';
import { startBackend } from './backends.ts';
import { closing } from './closing.ts';
import { type RunningAlloy, startConfigAlloy } from './cloud-alloy.ts';
import { startPyroscope } from './pyroscope.ts';
import { startApplication, startSandbox } from './sandbox.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** The stack of docker-compose.yml as processes: the services, the real Alloy with config.alloy, and the real backends. */
export type AlloyStack = AsyncDisposable & {
  alloy: RunningAlloy;
  /** The backends, as `npm run push` needs them: Mimir's is the part before /prometheus. */
  urls: Record<'mimir' | 'loki' | 'tempo' | 'pyroscope', string>;
};

type Programs = Record<'alloy' | 'mimir' | 'loki' | 'tempo' | 'pyroscope', string>;

/** @param settings for all services */
export async function startAlloyStack(programs: Programs, settings: Record<string, string>): Promise<AlloyStack> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'stack');
  const at = (name: string) => ({ folder: path.join(folder, name) });
  const sandbox = resources.use(await startSandbox());
  const mimir = resources.use(await startBackend('mimir', programs.mimir, at('mimir')));
  const [loki, tempo, pyroscope] = await Promise.all([
    startBackend('loki', programs.loki, { ...at('loki'), mimirUrl: mimir.url }),
    startBackend('tempo', programs.tempo, { ...at('tempo'), mimirUrl: mimir.url }),
    startPyroscope(programs.pyroscope, at('pyroscope')),
  ]);
  for (const backend of [loki, tempo, pyroscope]) resources.use(backend);
  const urls = {
    mimir: mimir.url,
    loki: loki.url,
    tempo: tempo.url,
    pyroscope: `http://127.0.0.1:${pyroscope.port}`,
  };

  const ports = { server: await freePort(), requester: await freePort(), recorder: await freePort() };
  const targets = Object.entries(SERVICES).map(([key, { name, port }]): [string, string] => [
    `${name}:${port}`,
    `127.0.0.1:${ports[key as ServiceKey]}`,
  ]);
  const basicAuth = { username: '', password: '' };
  const endpoints = {
    metrics: { url: `${urls.mimir}/api/v1/push`, basicAuth },
    logs: { url: `${urls.loki}/loki/api/v1/push`, basicAuth },
    traces: { url: `http://127.0.0.1:${tempo.ports[2]}`, basicAuthToken: '' },
    profiles: { url: urls.pyroscope, basicAuth },
  };
  const alloy = resources.use(await startConfigAlloy(programs.alloy, endpoints, '', Object.fromEntries(targets), {}));
  await startApplication(sandbox, ports, {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${alloy.ports.otlpGrpc}`,
    LOGS_TARGET: '',
    OTEL_LOGS_EXPORTER: 'otlp',
    PROFILE_COLLECTOR_PORT: String(alloy.ports.pyroscope),
    ALWAYS_SUCCEED: 'false',
    ...settings,
  });
  return closing(resources, { alloy, urls });
}
