import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort } from '../../source/launcher/ports.ts';
import { readRules } from '../e2e/alerts/rules.ts';
import { scaleRules } from '../e2e/alerts/scale-rules.ts';
import { startChildProgram } from './child-program.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A real Mimir and a real Loki, with the sandbox's configurations and rules. */
export type Alerting = {
  mimirUrl: string;
  lokiUrl: string;
  [Symbol.asyncDispose](): Promise<void>;
};

const root = path.join(import.meta.dirname, '../..');
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
  const ports = { mimir: [await freePort(), await freePort()], loki: [await freePort(), await freePort()] } as const;
  const mimirUrl = `http://127.0.0.1:${ports.mimir[0]}`;
  const lokiUrl = `http://127.0.0.1:${ports.loki[0]}`;

  for (const ruler of ['mimir', 'loki'] as const) {
    const rules = path.join(folder, ruler, 'rules', TENANTS[ruler]);
    mkdirSync(rules, { recursive: true });
    mkdirSync(path.join(folder, ruler, 'data'));
    for (const { file } of readRules(ruler)) {
      const text = readFileSync(path.join(root, ruler, 'rules', TENANTS[ruler], file), 'utf8');
      writeFileSync(path.join(rules, file), scaleRules(text, 0.1).replaceAll(/interval: \d+s/g, 'interval: 2s'));
    }
  }
  const alertmanager = readFileSync(path.join(root, 'mimir/alertmanager.yaml'), 'utf8')
    .replace(/url: \S+/, `url: ${notifications}`)
    .replace(/group_(wait|interval): \d+s/g, 'group_$1: 1s');
  writeFileSync(path.join(folder, 'mimir/alertmanager.yaml'), alertmanager);
  const mimir = readFileSync(path.join(root, 'mimir/mimir.yml'), 'utf8')
    .replaceAll('/etc/mimir/', `${folder}/mimir/`)
    .replaceAll(' /data/', ` ${folder}/mimir/data/`)
    .replaceAll('9009', String(ports.mimir[0]))
    .replaceAll('9095', String(ports.mimir[1]));
  writeFileSync(path.join(folder, 'mimir/mimir.yml'), mimir);
  const loki = readFileSync(path.join(root, 'loki/loki.yaml'), 'utf8')
    .replaceAll('/etc/loki/', `${folder}/loki/`)
    .replaceAll(' /loki', ` ${folder}/loki/data`)
    // Unless configured otherwise, its components find each other on the machine's first address.
    .replace('common:\n', 'common:\n  instance_addr: 127.0.0.1\n')
    .replaceAll('http://mimir:9009', mimirUrl)
    .replaceAll('3100', String(ports.loki[0]))
    .replaceAll('9096', String(ports.loki[1]));
  writeFileSync(path.join(folder, 'loki/loki.yaml'), loki);

  for (const [program, file, url] of [
    [programs.mimir, `${folder}/mimir/mimir.yml`, mimirUrl],
    [programs.loki, `${folder}/loki/loki.yaml`, lokiUrl],
  ] as const) {
    resources.use(
      await startChildProgram(program, [`-config.file=${file}`, '-config.expand-env=true'], { ready: `${url}/ready` }),
    );
  }
  const started = resources.move();
  return { mimirUrl, lokiUrl, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
