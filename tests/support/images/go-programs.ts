/**
 * The programs that are built from Go modules: those of docker-compose.yml in the versions that it pins, or the nearest
 * that the Go module proxy has, and two that check configurations.
 *
 * `go install module@version` refuses modules with replace directives, which most of these have. So each program has a
 * small module of its own in go/<name>, which requires it as a tool and repeats its replaces. After a change here:
 * `node tests/support/images/go/write-modules.ts <name>`.
 */
export type GoProgram = {
  /** What the program answers when asked for its version; part of the name under which it is cached. */
  version: string;
  /** Name of the program where it is installed, and the arguments that make it tell its version. */
  command: string;
  versionArguments: string[];
  source: GoModule | CollectorParts;
  tags: string[];
  /** Variables that the linker sets, so that the program tells its version, as the official builds do. */
  variables: Record<string, string>;
};

export type GoModule = {
  module: string;
  moduleVersion: string;
  /** Taken in the place of a module that can't be had. */
  copy?: GoCopy;
  package: string;
};

/** A copy of a module under another path, with its checksums: a checksum database need not know copies. */
export type GoCopy = { path: string; version: string; sum: string; goModSum: string };

/** A program whose main package the collector's builder generates, from the list of parts in go/<name>/builder.yaml. */
export type CollectorParts = { builder: string };

export type ProgramName = keyof typeof goPrograms;

const mimirCommit = 'aced80d74930';

export const goPrograms = {
  loki: {
    version: '3.7.8',
    command: 'loki',
    versionArguments: ['-version'],
    source: {
      module: 'github.com/grafana/loki/v3',
      moduleVersion: 'v3.7.8',
      package: 'github.com/grafana/loki/v3/cmd/loki',
    },
    tags: ['netgo'],
    variables: { 'github.com/grafana/loki/v3/pkg/util/build.Version': '3.7.8' },
  },
  mimir: {
    // Mimir's own tags (mimir-3.1.4) are no versions to Go; this is a commit between 3.0.6 and 3.1.0.
    version: `3.1.0-dev-${mimirCommit}`,
    command: 'mimir',
    versionArguments: ['-version'],
    source: {
      module: 'github.com/grafana/mimir',
      moduleVersion: `v1.3.1-0.20260423142704-${mimirCommit}`,
      package: 'github.com/grafana/mimir/cmd/mimir',
    },
    tags: ['netgo', 'stringlabels'],
    variables: {
      'github.com/grafana/mimir/pkg/util/version.Version': `3.1.0-dev-${mimirCommit}`,
      'github.com/grafana/mimir/pkg/util/version.Revision': mimirCommit,
    },
  },
  k6: {
    version: '1.8.1',
    command: 'k6',
    versionArguments: ['version'],
    source: {
      module: 'go.k6.io/k6',
      moduleVersion: 'v1.8.1',
      package: 'go.k6.io/k6',
    },
    tags: [],
    variables: {},
  },
  'docker-compose': {
    version: '2.40.3',
    command: 'docker-compose',
    versionArguments: ['version'],
    source: {
      module: 'github.com/docker/compose/v2',
      moduleVersion: 'v2.40.3',
      package: 'github.com/docker/compose/v2/cmd',
    },
    tags: [],
    variables: { 'github.com/docker/compose/v2/internal.Version': 'v2.40.3' },
  },
  'postgres-exporter': {
    version: '0.19.1',
    command: 'postgres_exporter',
    versionArguments: ['--version'],
    source: {
      module: 'github.com/prometheus-community/postgres_exporter',
      moduleVersion: 'v0.19.1',
      // The fork that Alloy is built with: 0.19.1 with one commit more.
      copy: {
        path: 'github.com/grafana/postgres_exporter',
        version: 'v0.0.0-20260225165717-9c2c77e3702a',
        sum: 'h1:uT3vXB+E1dAMfvrgwQR6PwQbNmgLe6cyvTxHnHcmuns=',
        goModSum: 'h1:4zH24t6LEqkdL3ZfBTtp0kGHOBr6komR55CrmL2AAg4=',
      },
      package: 'github.com/prometheus-community/postgres_exporter/cmd/postgres_exporter',
    },
    tags: ['netgo'],
    variables: { 'github.com/prometheus/common/version.Version': '0.19.1' },
  },
  promtool: {
    // Prometheus 3.x is v0.3xx to Go.
    version: '3.15.0',
    command: 'promtool',
    versionArguments: ['--version'],
    source: {
      module: 'github.com/prometheus/prometheus',
      moduleVersion: 'v0.315.0',
      package: 'github.com/prometheus/prometheus/cmd/promtool',
    },
    tags: ['netgo'],
    variables: { 'github.com/prometheus/common/version.Version': '3.15.0' },
  },
  collector: {
    version: '0.159.0',
    command: 'otelcol-contrib',
    versionArguments: ['--version'],
    source: { builder: 'go.opentelemetry.io/collector/cmd/builder@v0.159.0' },
    tags: [],
    variables: {},
  },
} satisfies Record<string, GoProgram>;
