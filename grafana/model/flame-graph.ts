/** A flame graph as Pyroscope's querier returns it: rows of [offset, total, self, name index], flattened. */
export type FlameGraph = { names: string[]; levels: { values: (string | number)[] }[]; total?: string | number };

/** The share, from 0 to 1, of the time spent in functions with matching names and in what they call. */
export function shareOf({ names, levels, total = 0 }: FlameGraph, name: RegExp): number {
  let found = 0;
  // The ranges of frames that already match, so that what they call isn't counted twice.
  let covered: [start: number, end: number][] = [];
  for (const { values } of levels) {
    const here: typeof covered = [];
    let position = 0;
    for (let index = 0; index + 3 < values.length; index += 4) {
      const [offset, width, , nameIndex] = values.slice(index, index + 4).map(Number) as [
        number,
        number,
        number,
        number,
      ];
      const start = position + offset;
      const end = start + width;
      position = end;
      if (covered.some(([from, to]) => from <= start && end <= to)) here.push([start, end]);
      else if (name.test(names[nameIndex] ?? '')) {
        here.push([start, end]);
        found += width;
      }
    }
    covered = here;
  }
  return Number(total) > 0 ? found / Number(total) : 0;
}
