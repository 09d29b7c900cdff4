import { column, exploreTrace, openDashboard } from '../layout/links.ts';
import type { Column } from './table.ts';

const TRACE_ID = 'traceIdHidden';

/**
 * The columns of a TraceQL search, as Tempo's data source names them. Selected attributes come in between; the one without a
 * width has the links, because a person recognizes a span by its name, not by its ID.
 *
 * @param here the title of the link to the dashboard that shows the whole trace
 */
export function spanColumns(here: string, selected: Column[] = [{ from: 'Name', title: 'Span' }]): Column[] {
  const links = [
    openDashboard(here, 'traces', { trace: column(TRACE_ID) }),
    exploreTrace('Open in Explore', column(TRACE_ID)),
  ];
  return [
    { from: TRACE_ID, title: TRACE_ID, hidden: true },
    { from: 'Start time', title: 'Time', unit: 'time:HH:mm:ss', width: 80 },
    ...selected.map((one) => (one.width === undefined ? { ...one, links } : one)),
    { from: 'Duration', title: 'Duration', unit: 'ns', width: 80 },
  ];
}
