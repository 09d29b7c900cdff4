import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/dashboard';

/** The data sources in grafana/provisioning/datasources/datasources.yaml, with the same uids and types. */
export const MIMIR = { uid: 'mimir', type: 'prometheus' } as const satisfies DataSourceRef;
export const LOKI = { uid: 'loki', type: 'loki' } as const satisfies DataSourceRef;
export const TEMPO = { uid: 'tempo', type: 'tempo' } as const satisfies DataSourceRef;
export const PYROSCOPE = { uid: 'pyroscope', type: 'grafana-pyroscope-datasource' } as const satisfies DataSourceRef;
export const POSTGRES = { uid: 'postgres', type: 'grafana-postgresql-datasource' } as const satisfies DataSourceRef;
