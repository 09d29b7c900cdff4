/** The spans of one user action, as the services create them: numbered, after their parent. */
export const TRACE: { service: Service; name: string; kind: number; parent?: number; attributes: 'http' | 'sql' }[] = [
  { service: 'requester', name: 'requester', kind: 1, attributes: 'http' },
  { service: 'requester', name: 'POST', kind: 3, parent: 0, attributes: 'http' },
  { service: 'server', name: 'POST /:beast', kind: 2, parent: 1, attributes: 'http' },
  { service: 'server', name: 'pg-pool.connect', kind: 3, parent: 2, attributes: 'sql' },
  { service: 'server', name: 'pg.query:INSERT', kind: 3, parent: 2, attributes: 'sql' },
  { service: 'requester', name: 'publish mythical-messages', kind: 4, parent: 0, attributes: 'http' },
  { service: 'recorder', name: 'process mythical-messages', kind: 5, parent: 5, attributes: 'http' },
  { service: 'recorder', name: 'pg.query:INSERT', kind: 3, parent: 6, attributes: 'sql' },
];

export const TRACE_SERVICES = ['requester', 'server', 'recorder'] as const;
type Service = (typeof TRACE_SERVICES)[number];

export type Attributes = Record<string, string | number>;

/** @param profileId its span's id: the attribute that makes every span's attributes different */
export function attributesOf(kind: 'http' | 'sql', beast: string, failed: boolean, profileId: string): Attributes {
  const peer = { 'server.address': '127.0.0.1', 'server.port': kind === 'sql' ? 5432 : 4000, beast };
  if (kind === 'sql') {
    return {
      ...peer,
      'db.system.name': 'postgresql',
      'db.namespace': 'mythical',
      'db.operation.name': 'INSERT',
      'db.query.text': 'insert into beasts (kind, name) values ($1, $2)',
      'pyroscope.profile.id': profileId,
    };
  }
  return {
    ...peer,
    'http.method': 'POST',
    'http.target': `/${beast}`,
    'http.status_code': failed ? 500 : 201,
    'http.request.method': 'POST',
    'http.response.status_code': failed ? 500 : 201,
    'http.route': '/:beast',
    'url.path': `/${beast}`,
    'url.scheme': 'http',
    'network.protocol.version': '1.1',
    'user_agent.original': 'node',
    'service.version': failed ? '2.0.0' : '1.9.2',
    'pyroscope.profile.id': profileId,
  };
}

export function resourceOf(service: Service): Attributes {
  return {
    'service.name': `mythical-${service}`,
    'service.namespace': 'production',
    'service.version': '1.0.0',
    'service.instance.id': `${service}-1`,
    'deployment.environment.name': 'production',
    'host.name': 'bench',
    'process.pid': 4242,
    'process.runtime.version': '24.21.0',
    'telemetry.sdk.language': 'nodejs',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.version': '3.1.0',
  };
}
