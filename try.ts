import { ADDRESSES, POSTGRES } from './tests/e2e/stack/addresses.ts';
import { amount } from './tests/e2e/dashboards/answers.ts';
import { ask } from './tests/e2e/dashboards/ask.ts';
import { openingRange } from './tests/e2e/dashboards/range.ts';
import { panelsOf, readDashboards } from './tests/e2e/dashboards/read.ts';
import { openingValues } from './tests/e2e/dashboards/variables.ts';
const backends = { ...ADDRESSES, postgres: POSTGRES };
let ok = 0, empty = 0, bad = 0;
for (const [name, d] of readDashboards()) {
  if (process.argv[2] && !process.argv[2].split(',').includes(name)) continue;
  const values = await openingValues(d, ADDRESSES.mimir, {trace: '0'});
  const range = openingRange(d);
  for (const p of panelsOf(d)) for (const t of p.targets ?? []) {
    try { const a = await ask(backends, p, t, values, range); const n = amount(a); if (n === 0) { empty++; console.log(`EMPTY ${name} | ${p.title} | ${t.refId} ${t.expr ?? t.query ?? t.rawSql ?? t.labelSelector}`); } else { ok++; if (process.argv[3]) console.log('ok', n, name, p.title) } }
    catch (e) { bad++; console.log(`ERROR ${name} | ${p.title} | ${t.refId} ${String(e).slice(0, 400)}`); }
  }
}
console.log({ ok, empty, bad });
