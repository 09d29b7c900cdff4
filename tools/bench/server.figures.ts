import { join } from 'node:path';
import type { Figure } from './figures.ts';

/** What `npm run bench -- --write` writes into a page. */
export const COSTS_PAGE = join(import.meta.dirname, '../../docs/signals.md');
export const COSTS = 'costs of telemetry';

export type Figures = { requestsPerSecond: number; p50: number; p99: number; failed: number; cpuMs: number };

/** The figures of each variant in one round. */
export type Round = Record<string, Figures>;

/** @param variants without the bare one; `off` is what the others are compared with */
export function figuresOf(rounds: Round[], variants: string[]): Figure[] {
  const figure = (of: string, name: keyof Figures) => rounds.map((round) => round[of]![name]);
  const ratio = (a: string, b: string, name: keyof Figures) => rounds.map((round) => round[a]![name] / round[b]![name]);
  const others = variants.filter((variant) => variant !== 'off').map((variant) => [variant, 'off'] as const);
  const pairs = [...others, ['on', 'unlabelled'] as const, ['on', 'bare'] as const].filter((pair) =>
    pair.every((variant) => variant === 'bare' || variants.includes(variant)),
  );
  return [
    ...['bare', ...variants].map((of) => ({
      name: `requests/s, ${of}`,
      values: figure(of, 'requestsPerSecond'),
      digits: 0,
    })),
    ...variants.map((of) => ({ name: `CPU ms per request, ${of}`, values: figure(of, 'cpuMs') })),
    ...pairs.flatMap(([a, b]) => [
      { name: `requests/s, ${a} / ${b}`, values: ratio(a, b, 'requestsPerSecond') },
      { name: `p99, ${a} / ${b}`, values: ratio(a, b, 'p99') },
      ...(b === 'bare' ? [] : [{ name: `CPU per request, ${a} / ${b}`, values: ratio(a, b, 'cpuMs') }]),
    ]),
  ];
}

/** At a fixed rate, the CPU says nothing new, and requests/s nothing at all. */
export function p99Figures(rounds: Round[], variants: string[], rate: number): Figure[] {
  return figuresOf(rounds, variants)
    .filter(({ name }) => name.startsWith('p99'))
    .map(({ name, values }) => ({ name: `${name} at ${rate} requests/s`, values }));
}

export function failedRequests(rounds: Round[]): number {
  return rounds.flatMap((round) => Object.values(round)).reduce((sum, { failed }) => sum + failed, 0);
}
