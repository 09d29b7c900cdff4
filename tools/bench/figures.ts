import { readFile, writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';

/** A measured figure: one value for each round. */
export type Figure = { name: string; values: number[]; digits?: number };

export function describeFigure({ name, values, digits = 2 }: Figure): string[] {
  const sorted = values.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  return [name, median.toFixed(digits), `${sorted[0]!.toFixed(digits)} … ${sorted.at(-1)!.toFixed(digits)}`];
}

/** A Markdown table of figures, with what they were measured on. */
export function figuresTable(command: string, rounds: number, figures: Figure[]): string {
  const rows = figures.map((figure) => `| ${describeFigure(figure).join(' | ')} |`);
  return [
    `Written by \`${command}\` on ${measuredOn()}, ${rounds} rounds.`,
    '',
    '| | median | spread |',
    '|---|---|---|',
    ...rows,
  ].join('\n');
}

/** The date, and the machine. */
export function measuredOn(): string {
  const processor = `${cpus().length} × ${cpus()[0]?.model.replace(/\s+/g, ' ').trim()}`;
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return `${new Date().toISOString().slice(0, 10)}: ${processor}, ${gigabytes} GB, Node.js ${process.versions.node}`;
}

/** Replaces what is between `<!-- name -->` and `<!-- /name -->` in a Markdown file. */
export async function writeBetweenMarkers(path: string, name: string, text: string): Promise<void> {
  await writeFile(path, replaceBetweenMarkers(await readFile(path, 'utf8'), name, text));
}

/** @throws if the markers are missing */
export function replaceBetweenMarkers(page: string, name: string, text: string): string {
  const [before, inside] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [page.indexOf(before), page.indexOf(inside)];
  if (from < 0 || to < from) throw new Error(`the page has no ${before} … ${inside}`);
  return `${page.slice(0, from + before.length)}\n\n${text}\n\n${page.slice(to)}`;
}
