import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Endpoints, SIGNALS, type Signal } from '../../source/cloud-check/fields.ts';
import { forAlloy } from '../../source/cloud-check/for-alloy.ts';
import { type Certificates, makeCertificates } from './certificates.ts';
import { CHILD_ENVIRONMENT } from './child-environment.ts';
import { closing } from './closing.ts';
import { type FakeCloud, startFakeCloud, TOKEN } from './fake-cloud.ts';
import { inProject, run } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';

const MAIN = inProject('source/cloud-check/main.ts');

/** `npm run cloud:check`, and endpoints for it. */
export type CloudCheck = AsyncDisposable & {
  certificates: Certificates;
  cloud: FakeCloud;
  folder: string;
  /** Runs it as a process, with a file that contains these endpoints. */
  check(endpoints: Endpoints, args?: string[], env?: Record<string, string>): Promise<Run>;
};

type Verdict = { outcome: string; answered: string; hint: string };
export type Run = { code: number; output: string; of: Record<Signal, Verdict> };

export async function startCloudCheck(): Promise<CloudCheck> {
  await using resources = new AsyncDisposableStack();
  const certificates = resources.use(await makeCertificates());
  const cloud = resources.use(await startFakeCloud(certificates));
  const folder = await temporaryFolder(resources, 'cloud');
  return closing(resources, {
    certificates,
    cloud,
    folder,
    async check(endpoints, args = [], env = {}) {
      const from = await mkdtemp(path.join(folder, 'alloy-'));
      await writeFile(path.join(from, 'endpoints-cloud.local.json'), JSON.stringify(forAlloy(endpoints)));
      const options = {
        // A folder without your .env.
        cwd: folder,
        env: { ...CHILD_ENVIRONMENT, NODE_EXTRA_CA_CERTS: certificates.authority, ...env },
        timeout: 30_000,
      };
      const [code, output] = await run(process.execPath, [MAIN, '--from', from, ...args], options).then(
        ({ stdout, stderr }) => [0, stdout + stderr] as const,
        (error) => [Number(error.code), String(error.stdout) + error.stderr] as const,
      );
      assert.ok(!output.includes(TOKEN) && !output.includes(cloud.endpoints.tracesBase64AuthToken), output);
      const verdicts = SIGNALS.map((signal) => [signal, verdictIn(output, signal)]);
      return { code, output, of: Object.fromEntries(verdicts) };
    },
  });
}

function verdictIn(output: string, signal: Signal): Verdict {
  const verdict = new RegExp(`^ {2}${signal} +(\\w+) +(.*)(?:\\n {6}(.*))?`, 'm').exec(output) ?? [];
  const [, outcome = '', answered = '', hint = ''] = verdict;
  return { outcome, answered, hint };
}

export const outcomes = ({ of }: Pick<Run, 'of'>) => SIGNALS.map((signal) => of[signal].outcome);
