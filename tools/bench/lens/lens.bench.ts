import { parseArgs } from 'node:util';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { type Intake, type Load, measureIntake } from './intake.ts';
import { measureJaeger } from './jaeger.ts';
import { type LensUnderTest, startLensUnderTest } from './lens-under-test.ts';
import { type Growth, growthTable, intakeTable, rateTable, type Section, viewsTable, writeSection } from './report.ts';
import { SIGNALS } from './signals.ts';
import { measureViews } from './views.ts';

/**
 * What lens takes in and how fast it answers, each part with a lens and senders in separate processes. `--write` puts the
 * figures into docs/lens-figures.md.
 *
 *   npm run bench:lens                                 everything, in about ten minutes
 *   npm run bench:lens -- --only intake                as fast as possible
 *   npm run bench:lens -- --only rate --rate 20000 --seconds 60     spans at a fixed rate, beside Jaeger if it's on PATH
 *   npm run bench:lens -- --only growth --rows 100000  the cost of a row and the time of each view as tables grow
 *
 * The event loop's delay includes the 10 ms between its measurements, so that an idle process has 10 ms.
 */
const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'intake,rate,growth' },
    rate: { type: 'string', default: '20000' },
    seconds: { type: 'string', default: '60' },
    rows: { type: 'string', default: '2000000' },
    write: { type: 'boolean', default: false },
  },
});
const parts = options.only.split(',');

/** With a rate, the SDK's maximum number of spans in a request, and the collector's. */
const BATCHES = [512, 8192] as const;
const SECONDS_AT_MAXIMUM = 10;
/** Rows of the last hour, up to the near future: filling the tables takes a few minutes. */
const TIMES = { fromMs: Date.now() - 50 * 60_000, toMs: Date.now() + 5 * 60_000 };

if (parts.includes('intake')) await intake();
if (parts.includes('rate')) await rate();
if (parts.includes('growth')) await growth();

async function intake(): Promise<void> {
  const intakes: Intake[] = [];
  for (const signal of SIGNALS) {
    intakes.push(await withLens((lens) => measured(lens, { signal, seconds: SECONDS_AT_MAXIMUM })));
  }
  await show('intake', intakeTable(intakes));
}

async function rate(): Promise<void> {
  const load = { signal: 'spans', rate: Number(options.rate), seconds: Number(options.seconds) } as const;
  const intakes: [string, Intake | undefined][] = [];
  for (const batch of BATCHES) {
    intakes.push([`lens, requests of ${batch} spans`, await withLens((lens) => measured(lens, { ...load, batch }))]);
  }
  const [batch] = BATCHES;
  intakes.push([`Jaeger 2, in memory, requests of ${batch}`, await measureJaeger({ ...load, batch })]);
  await show('rate', rateTable(intakes));
}

async function growth(): Promise<void> {
  const target = Number(options.rows);
  const milestones = [10_000, 100_000, 1_000_000].filter((rows) => rows < target);
  await withLens(async (lens) => {
    const steps: Growth[] = [];
    let reached = 0;
    for (const rows of [...milestones, target]) {
      const times = { fromMs: timeOf(reached, target), toMs: timeOf(rows, target) };
      const intakes: Intake[] = [];
      for (const signal of SIGNALS)
        intakes.push(await measured(lens, { signal, rows: rows - reached, firstRow: reached, times }));
      reached = rows;
      const views = await measureViews(lens);
      const slowestMs = Math.max(...views.map(({ ms }) => ms));
      steps.push({ rows, intakes, slowestMs, bytes: await lens.databaseBytes(), pss: await lens.pss() });
      if (rows === target) await show('views', viewsTable(views));
    }
    await show('growth', growthTable(steps));
  });
}

function timeOf(row: number, rows: number): number {
  return TIMES.fromMs + ((TIMES.toMs - TIMES.fromMs) * row) / rows;
}

async function measured(lens: LensUnderTest, load: Load): Promise<Intake> {
  const result = await measureIntake(lens, load);
  if (result.lost !== 0) {
    console.error(`lens lost ${result.lost} of ${result.sent} ${load.signal}`);
    process.exitCode = 1;
  }
  return result;
}

async function withLens<T>(use: (lens: LensUnderTest) => Promise<T>): Promise<T> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'lens-bench');
  return await use(resources.use(await startLensUnderTest(folder)));
}

async function show(section: Section, markdown: string): Promise<void> {
  console.log(`\n${section}\n\n${markdown}`);
  if (options.write) await writeSection(section, markdown);
}
