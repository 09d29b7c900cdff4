import { column, exploreTrace, openDashboard } from '../layout/links.ts';
import type { Column } from './table.ts';

const TRACE_ID = 'traceIdHidden';

/**
 * The columns of a TraceQL search, as Tempo's data source names them. Selected attributes come in between.
 *
 * @param here the title of the link to the dashboard that shows the whole trace
 */
export const spanColumns = (here: string, selected: Column[] = [{ from: 'Name', title: 'Span' }]): Column[] => [
  { from: TRACE_ID, title: TRACE_ID, hidden: true },
  { from: 'Start time', title: 'Time', unit: 'time:HH:mm:ss', width: 80 },
  {
    from: 'Span ID',
    title: 'Span ID',
    width: 140,
    links: [
      openDashboard(here, 'traces', { trace: column(TRACE_ID) }),
      exploreTrace('Open in Explore', column(TRACE_ID)),
    ],
  },
  // Nearly always the requester; the span's name needs the room.
  { from: 'Trace Service', title: 'Root service', hidden: true },
  ...selected,
  { from: 'Duration', title: 'Duration', unit: 'ns', width: 80 },
];
