/** A backend's response to a panel's query, limited to what a user can see or click. */
export type Answer =
  /** Series with at least one value. */
  | { kind: 'series'; series: Series[] }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'lines' | 'spans' | 'functions' | 'edges'; count: number };

/** `name` is the legend. */
export type Series = { name: string; labels: Record<string, string> };
/** By column name. */
export type Row = Record<string, string | number>;

/** How much there is to see. */
export function amount(answer: Answer): number {
  if (answer.kind === 'series') return answer.series.length;
  return answer.kind === 'rows' ? answer.rows.length : answer.count;
}

/** The name of a series: its legend with the labels filled in, or else all of its labels. */
export const nameOf = (labels: Record<string, string>, legend = ''): string =>
  legend === ''
    ? Object.values(labels).join(' ')
    : legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name) => labels[name] ?? '');
