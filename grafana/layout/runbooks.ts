import { readFileSync } from 'node:fs';
import path from 'node:path';
import { DASHBOARDS } from './uids.ts';

export type Runbook = {
  /** The name of an alert. */
  title: string;
  /** Markdown, with links that work in Grafana. */
  text: string;
  lines: number;
};

const page = readFileSync(path.join(import.meta.dirname, '../../docs/runbooks.md'), 'utf8');

/** One per alert: the sections of docs/runbooks.md whose heading is a single word in PascalCase. */
export const RUNBOOKS: Runbook[] = page
  .split(/^## /m)
  .slice(1)
  .map((section) => {
    const [title = '', ...rest] = section.split('\n');
    const text = rest.join('\n').trim();
    return { title: title.trim(), text: linked(text), lines: text.split('\n').length };
  })
  .filter(({ title }) => /^[A-Z][a-z]+(?:[A-Z][a-z]+)+$/.test(title));

/** `*Erroring endpoints*`, the title of a dashboard, becomes a link to it. */
function linked(text: string): string {
  return Object.values(DASHBOARDS).reduce(
    (linked, { title, uid }) => linked.replaceAll(`*${title}*`, `[${title}](/d/${uid})`),
    text,
  );
}
