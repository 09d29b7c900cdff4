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

/** The launcher's own variables; those of lens and the services are passed on to them. */
export const environment = z.object({
  ...PORTS.shape,
  MYTHICAL_DATA_DIR: variable
    .text('folder for the data and logs of `npm start`')
    .default(join(REPOSITORY, '.mythical')),
  POSTGRES_HOST: variable.text('a Postgres server to use instead of the embedded one').optional(),
  ENDPOINT_TYPE: identitySettings.shape.ENDPOINT_TYPE,
  LISTEN_ADDRESS: frontendSettings.shape.LISTEN_ADDRESS,
  LENS_LISTEN_ADDRESS: lensVariables.shape.LENS_LISTEN_ADDRESS,
  PUBLIC_HOST: variable.host('host name of this machine in links, for browsers on other machines').optional(),
});

/** The variables of all parts, validated before anything starts. */
const ofAllParts = z
  .object({
    ...serverSettings.shape,
    ...requesterSettings.shape,
    ...recorderSettings.shape,
    ...frontendSettings.shape,
    ...lensVariables.shape,
    ...environment.shape,
  })
  // Set by the launcher.
  .omit({ PORT: true, POSTGRES_PORT: true });

export type PortVariable = keyof typeof PORTS.shape;

/** A port to listen on. */
export type PortUse = { variable: PortVariable; port: number; purpose: string };

export type Settings = {
  ports: Record<PortVariable, number>;
  dataDir: string;
  /** false if the user has another Postgres server. */
  embeddedPostgres: boolean;
  endpointType: z.infer<typeof identitySettings>['ENDPOINT_TYPE'];
  listen: Record<'services' | 'lens', Listen>;
};

/** The listen address of a server, and its host name in links. */
export type Listen = { address: string; publicHost: string };

/** @throws {ConfigError} with a line per invalid variable */
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
  throw new ConfigError(
    clashes.map((use) => `${use.variable}=${use.port}: another part of the sandbox uses this port`).join('\n'),
  );
}

const LOCALHOST = ['127.0.0.1', '::1'];

/** `localhost`, unless the server doesn't listen on a loopback address. */
function nameOf(listenAddress: string): string {
  return LOCALHOST.includes(reachable(listenAddress)) ? 'localhost' : listenAddress;
}

export function portUses({ ports, embeddedPostgres }: Pick<Settings, 'ports' | 'embeddedPostgres'>): PortUse[] {
  const names = Object.keys(PORTS.shape) as PortVariable[];
  return names
    .filter((name) => embeddedPostgres || name !== 'EMBEDDED_POSTGRES_PORT')
    .map((name) => ({ variable: name, port: ports[name], purpose: metadata(PORTS.shape[name])!.description }));
}
