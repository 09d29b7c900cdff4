import { join, resolve } from 'node:path';
import { ConfigError, loadConfig, metadata, variable } from '@mythical/common/config';
import { reachable } from '@mythical/common/http/address';
import { FRONTEND, PAGE_PORT, SERVICES, TELEMETRY_PORTS } from '@mythical/common/services';
import {
  frontendSettings,
  identitySettings,
  recorderSettings,
  requesterSettings,
  serverSettings,
} from '@mythical/common/settings';
import { z } from 'zod';
import { environment as lensVariables } from '../lens/config.ts';

export const REPOSITORY = join(import.meta.dirname, '..', '..');

const PORTS = z.object({
  LENS_PORT: variable.port('lens page').default(PAGE_PORT),
  LENS_OTLP_GRPC_PORT: variable.port('lens, OTLP over gRPC').default(TELEMETRY_PORTS.otlpGrpc),
  LENS_OTLP_HTTP_PORT: variable.port('lens, OTLP over HTTP').default(TELEMETRY_PORTS.otlpHttp),
  MYTHICAL_SERVER_PORT: variable.port(SERVICES.server.name).default(SERVICES.server.port),
  MYTHICAL_REQUESTER_PORT: variable.port(SERVICES.requester.name).default(SERVICES.requester.port),
  MYTHICAL_RECORDER_PORT: variable.port(SERVICES.recorder.name).default(SERVICES.recorder.port),
  MYTHICAL_FRONTEND_PORT: variable.port(FRONTEND.name).default(FRONTEND.port),
  EMBEDDED_POSTGRES_PORT: variable.port('Postgres').default(54320),
});

/** The launcher's own environment variables; those of lens and the services are passed on to them. */
export const environment = z.object({
  ...PORTS.shape,
  MYTHICAL_DATA_DIR: variable
    .text('folder of all data and logs that `npm start` keeps')
    .default(join(REPOSITORY, '.mythical')),
  POSTGRES_HOST: variable.text('a Postgres server to use in place of the embedded one').optional(),
  ENDPOINT_TYPE: identitySettings.shape.ENDPOINT_TYPE,
  LISTEN_ADDRESS: frontendSettings.shape.LISTEN_ADDRESS,
  LENS_LISTEN_ADDRESS: lensVariables.shape.LENS_LISTEN_ADDRESS,
  PUBLIC_HOST: variable.host('the name of this machine in links, for a browser on another machine').optional(),
});

/** What any part reads from the shell: a wrong value is found before anything starts. */
const ofAllParts = z
  .object({
    ...serverSettings.shape,
    ...requesterSettings.shape,
    ...recorderSettings.shape,
    ...frontendSettings.shape,
    ...lensVariables.shape,
    ...environment.shape,
  })
  // The launcher sets them itself.
  .omit({ PORT: true, POSTGRES_PORT: true });

export type PortVariable = keyof typeof PORTS.shape;

/** A port that is going to be listened on. */
export type PortUse = { variable: PortVariable; port: number; purpose: string };

export type Settings = {
  ports: Record<PortVariable, number>;
  dataDir: string;
  /** false when the person brings a Postgres of their own. */
  embeddedPostgres: boolean;
  endpointType: z.infer<typeof identitySettings>['ENDPOINT_TYPE'];
  listen: Record<'services' | 'lens', Listen>;
};

/** Where a server listens, and its name in links for browsers. */
export type Listen = { address: string; publicHost: string };

/** @throws {ConfigError} one line for each wrong variable. */
export function loadSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  loadConfig(ofAllParts, env);
  const {
    MYTHICAL_DATA_DIR,
    POSTGRES_HOST,
    ENDPOINT_TYPE,
    LISTEN_ADDRESS,
    LENS_LISTEN_ADDRESS,
    PUBLIC_HOST,
    ...ports
  } = loadConfig(environment, env);
  const listenOn = (address: string) => ({ address, publicHost: PUBLIC_HOST ?? nameOf(address) });
  const settings = {
    ports,
    dataDir: resolve(MYTHICAL_DATA_DIR),
    embeddedPostgres: POSTGRES_HOST === undefined,
    endpointType: ENDPOINT_TYPE,
    listen: { services: listenOn(LISTEN_ADDRESS), lens: listenOn(LENS_LISTEN_ADDRESS) },
  };
  const clashes = portUses(settings).filter((use, index, uses) => uses.findIndex((u) => u.port === use.port) < index);
  if (clashes.length === 0) return settings;
  throw new ConfigError(clashes.map((use) => `${use.variable}=${use.port}: another part has this port`).join('\n'));
}

const LOCALHOST = ['127.0.0.1', '::1'];

/** `localhost`, unless a server listens on no address that this name has. */
function nameOf(listenAddress: string): string {
  return LOCALHOST.includes(reachable(listenAddress)) ? 'localhost' : listenAddress;
}

export function portUses({ ports, embeddedPostgres }: Pick<Settings, 'ports' | 'embeddedPostgres'>): PortUse[] {
  const names = Object.keys(PORTS.shape) as PortVariable[];
  return names
    .filter((name) => embeddedPostgres || name !== 'EMBEDDED_POSTGRES_PORT')
    .map((name) => ({ variable: name, port: ports[name], purpose: metadata(PORTS.shape[name])!.description }));
}
