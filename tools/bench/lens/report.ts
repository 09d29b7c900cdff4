import path from 'node:path';
import { measuredOn, writeBetweenMarkers } from '../figures.ts';
import type { Intake } from './intake.ts';
import type { ViewTime } from './views.ts';

export const PAGE = path.join(import.meta.dirname, '../../../docs/lens-figures.md');

/** The parts of the page, each between markers and written by its part of the benchmark. */
export const SECTIONS = ['rate', 'intake', 'growth', 'views'] as const;
export type Section = (typeof SECTIONS)[number];

/** The name of its markers. */
export const markerOf = (section: Section): string => `bench:lens ${section}`;

export const writeSection = (section: Section, markdown: string): Promise<void> =>
  writeBetweenMarkers(PAGE, markerOf(section), `${markdown}\n\nMeasured on ${measuredOn()}.`);

function table(head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |`;
  return [line(head), `|${head.map((_, index) => (index === 0 ? '---' : '---:')).join('|')}|`, ...rows.map(line)].join(
    '\n',
  );
}

const whole = (value: number) => Math.round(value).toLocaleString('en-US');
const one = (value: number) => value.toFixed(1);

const NAMES = { spans: 'spans', logs: 'log lines', metrics: 'samples', profiles: 'profiles of 300 stacks' };

const HEAD = [
  '',
  'per second',
  'sent',
  'lost',
  'refused',
  'event loop delay p50',
  'p99',
  'max',
  'CPU per row',
  'peak memory',
];
const cells = ({ perSecond, sent, lost, refusals, delay, cpuMicrosPerRow, peakMegabytes }: Intake) => [
  whole(perSecond),
  whole(sent),
  whole(lost),
  whole(refusals),
  ...(delay ? [delay.p50, delay.p99, delay.max].map((ms) => `${whole(ms)} ms`) : ['', '', '']),
  `${one(cpuMicrosPerRow)} µs`,
  `${whole(peakMegabytes)} MB`,
];

export function intakeTable(intakes: Intake[]): string {
  return table(
    HEAD,
    intakes.map((intake) => [NAMES[intake.signal], ...cells(intake)]),
  );
}

/** @param rows without an intake if the program is missing */
export function rateTable(rows: [string, Intake | undefined][]): string {
  return table(
    HEAD,
    rows.map(([name, intake]) => (intake ? [name, ...cells(intake)] : [`${name}: not run`, ...Array(9).fill('')])),
  );
}

/** What it cost to get to a number of rows, and the memory there. */
export type Growth = { rows: number; intakes: Intake[]; pss: number; slowestMs: number; bytes: number };

export function growthTable(steps: Growth[]): string {
  return table(
    [
      'rows of each table',
      ...steps[0]!.intakes.map(({ signal }) => `CPU per row, ${signal}`),
      'on disk',
      'memory (PSS)',
      'slowest view',
    ],
    steps.map(({ rows, intakes, pss, slowestMs, bytes }) => [
      whole(rows),
      ...intakes.map(({ cpuMicrosPerRow }) => `${one(cpuMicrosPerRow)} µs`),
      `${whole(bytes / 1e6)} MB`,
      `${whole(pss)} MB`,
      `${whole(slowestMs)} ms`,
    ]),
  );
}

export function viewsTable(times: ViewTime[]): string {
  return table(
    ['query', 'median', 'rows'],
    times.map(({ view, query, ms, rows }) => [`${view}: ${query}`, `${whole(ms)} ms`, whole(rows)]),
  );
}
