import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readRules } from '../e2e/alerts/rules.ts';
import { scaleRules } from '../e2e/alerts/scale-rules.ts';
import { startBackend } from './backends.ts';
import { closing } from './closing.ts';
import { read } from './project.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real Mimir and a real Loki, with the sandbox's configurations and rules. */
export type Alerting = {
  mimirUrl: string;
  lokiUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
};

const TENANTS = { mimir: 'anonymous', loki: 'fake' } as const;

/**
 * Starts both with the sandbox's settings, except for addresses, folders, and times: they listen on free ports, keep their
 * data in a separate folder, notify the recorder at `notifications`, and have windows that are as short as possible.
 */
export async function startAlerting(
  programs: { mimir: string; loki: string },
  notifications: string,
): Promise<Alerting> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'alerting');
  for (const ruler of ['mimir', 'loki'] as const) {
    const rules = path.join(folder, ruler, 'rules', TENANTS[ruler]);
    mkdirSync(rules, { recursive: true });
    for (const { file } of readRules(ruler)) {
      const text = read(`${ruler}/rules/${TENANTS[ruler]}/${file}`);
      writeFileSync(path.join(rules, file), scaleRules(text, 0.1).replaceAll(/interval: \d+s/g, 'interval: 2s'));
    }
  }
  const alertmanager = read('mimir/alertmanager.yaml')
    .replace(/url: \S+/, `url: ${notifications}`)
    .replace(/group_(wait|interval): \d+s/g, 'group_$1: 1s');
  writeFileSync(path.join(folder, 'mimir/alertmanager.yaml'), alertmanager);
  const start = async (name: 'mimir' | 'loki', more = {}) => {
    const where = path.join(folder, name);
    return resources.use(await startBackend(name, programs[name], { folder: where, files: where, ...more }));
  };
  const { url: mimirUrl } = await start('mimir');
  const { url: lokiUrl } = await start('loki', { mimirUrl });
  return closing(resources, { mimirUrl, lokiUrl });
}
