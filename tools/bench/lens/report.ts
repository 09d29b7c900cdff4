import path from 'node:path';
import { measuredOn, writeBetweenMarkers } from '../figures.ts';
import type { Intake } from './intake.ts';
import type { PeerIntake } from './jaeger.ts';
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
  `${whole(delay.p50)} ms`,
  `${whole(delay.p99)} ms`,
  `${whole(delay.max)} ms`,
  `${one(cpuMicrosPerRow)} µs`,
  `${whole(peakMegabytes)} MB`,
];

export function intakeTable(intakes: Intake[]): string {
  return table(
    HEAD,
    intakes.map((intake) => [NAMES[intake.signal], ...cells(intake)]),
  );
}

export function rateTable(rows: [string, Intake][], peer: PeerIntake | undefined): string {
  const ofPeer =
    peer === undefined
      ? ['Jaeger: not run: jaeger', ...Array(9).fill('')]
      : [
          'Jaeger 2, in memory, requests of 512',
          whole(peer.perSecond),
          whole(peer.sent),
          whole(peer.lost),
          whole(peer.refusals),
          ...Array(3).fill(''),
          `${one(peer.cpuMicrosPerRow)} µs`,
          `${whole(peer.peakMegabytes)} MB`,
        ];
  return table(HEAD, [...rows.map(([name, intake]) => [name, ...cells(intake)]), ofPeer]);
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
