// npm run dashboards: writes the dashboards that Grafana reads.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { allDashboards } from './dashboards/all.ts';

/** The path of the dashboards inside Grafana's container. */
export const JSON_FOLDER = path.join(import.meta.dirname, 'dashboards/json');

/** Every file, by name, with its text. */
export function jsonFiles(): Map<string, string> {
  return new Map(
    Object.entries(allDashboards()).map(([name, dashboard]) => [
      `${name}.json`,
      `${JSON.stringify(dashboard, null, 2)}\n`,
    ]),
  );
}

if (import.meta.main) {
  const files = jsonFiles();
  await mkdir(JSON_FOLDER, { recursive: true });
  for (const file of await readdir(JSON_FOLDER)) {
    if (file.endsWith('.json') && !files.has(file)) await rm(path.join(JSON_FOLDER, file));
  }
  for (const [file, text] of files) await writeFile(path.join(JSON_FOLDER, file), text);
  console.log(`Wrote ${files.size} dashboards to ${path.relative(process.cwd(), JSON_FOLDER)}.`);
}
