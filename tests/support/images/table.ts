export type Row = {
  image: string;
  state: string;
  seconds?: number | undefined;
  megabytes?: number | undefined;
  madeOf?: string | undefined;
};

/** One line for each row, in columns. */
export function table(rows: Row[]): string {
  const cells = rows.map(({ image, state, seconds, megabytes, madeOf }) => [
    image,
    state,
    seconds === undefined ? '' : `${seconds} s`,
    megabytes === undefined ? '' : `${megabytes} MB`,
    madeOf ?? '',
  ]);
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
