// npm run dashboards:pictures: draws each dashboard with what the running stack answers right now, into docs/dashboards.
// A sketch in SVG, by the same JSON and the same queries, for readers who have no Grafana before them.
//
//   npm run dashboards:pictures -- home overview       only these
//   npm run dashboards:pictures -- --from=now-5m       of a stack that has not run for long
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { Answer } from '../../tests/e2e/dashboards/answers.ts';
import { ask } from '../../tests/e2e/dashboards/ask.ts';
import { openingRange } from '../../tests/e2e/dashboards/range.ts';
import { panelsOf, readDashboards } from '../../tests/e2e/dashboards/read.ts';
import { openingValues } from '../../tests/e2e/dashboards/variables.ts';
import { ADDRESSES, POSTGRES } from '../../tests/e2e/stack/addresses.ts';
import * as tempo from '../../tests/e2e/stack/tempo.ts';
import { drawDashboard } from './draw/draw-dashboard.ts';

const { values: options, positionals: wanted } = parseArgs({
  options: { from: { type: 'string' } },
  allowPositionals: true,
});
const dashboards = readDashboards();
const titles = [...dashboards.values()].map(({ title }) => title).sort();
const backends = { ...ADDRESSES, postgres: POSTGRES };
const [trace] = await tempo.search(
  '{ resource.service.name = "mythical-requester" } >> { resource.service.name = "mythical-server" && status = error }',
  { limit: 1 },
);

for (const [name, dashboard] of dashboards) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  if (options.from !== undefined) dashboard.time.from = options.from;
  const values = await openingValues(dashboard, ADDRESSES.mimir, trace === undefined ? {} : { trace });
  const range = openingRange(dashboard);
  const answers = new Map<number, Answer[]>();
  for (const panel of panelsOf(dashboard)) {
    answers.set(
      panel.id,
      await Promise.all((panel.targets ?? []).map((target) => ask(backends, panel, target, values, range))),
    );
  }
  const svg = drawDashboard(dashboard, answers, values, range, titles);
  const file = path.join(import.meta.dirname, `${name}.svg`);
  await writeFile(file, svg);
  console.log(`${path.relative(process.cwd(), file)}: ${Math.round(svg.length / 1_000)} kB`);
}
