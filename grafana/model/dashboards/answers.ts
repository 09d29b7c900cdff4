/** A backend's response to a panel's query, in the form that the panel shows. */
export type Answer =
  | { kind: 'series'; series: Series[] }
  | { kind: 'rows'; rows: Row[] }
  | { kind: 'lines'; lines: Line[] }
  | { kind: 'trace'; spans: Bar[] }
  | { kind: 'flames'; names: string[]; levels: number[][]; total: number }
  | { kind: 'edges'; edges: Edge[] };

/** `name` is the legend; a point is a time in ms since 1970, and a value or none. */
export type Series = {
  name: string;
  labels: Record<string, string>;
  /** The unit that the data source reports. It takes precedence over the panel's unit, and an override over both. */
  unit?: string;
  points: [number, number | null][];
  exemplars: Exemplar[];
};
export type Exemplar = { at: number; value: number; labels: Record<string, string> };
/** By column name. */
export type Row = Record<string, string | number>;
export type Line = { at: number; text: string; labels: Record<string, string> };
export type Bar = {
  name: string;
  service: string;
  startMs: number;
  durationMs: number;
  depth: number;
  failed: boolean;
};
export type Edge = { client: string; server: string; rate: number };

/** How much there is to see. A series without values is an empty graph. */
export function amount(answer: Answer): number {
  switch (answer.kind) {
    case 'series':
      return answer.series.filter(({ points }) => points.some(([, value]) => value !== null)).length;
    case 'rows':
      return answer.rows.length;
    case 'lines':
      return answer.lines.length;
    case 'trace':
      return answer.spans.length;
    case 'flames':
      // The first frame is "total", which exists even without data.
      return Math.max(0, answer.names.length - 1);
    case 'edges':
      return answer.edges.length;
  }
}
