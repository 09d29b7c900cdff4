import { column, exploreTrace, openDashboard } from '../layout/links.ts';
import type { Column } from './table.ts';

const TRACE_ID = 'traceIdHidden';

/**
 * The columns of spans that TraceQL found, as Tempo's data source names them. What the query selects comes between.
 *
 * @param here the words of the link to the dashboard that shows a whole trace
 */
export const spanColumns = (here: string, selected: Column[] = [{ from: 'Name', title: 'Span' }]): Column[] => [
  { from: TRACE_ID, title: TRACE_ID, hidden: true },
  { from: 'Start time', title: 'Time', unit: 'time:HH:mm:ss', width: 90 },
  {
    from: 'Span ID',
    title: 'Span id',
    width: 150,
    links: [
      openDashboard(here, 'traces', { trace: column(TRACE_ID) }),
      exploreTrace('Open it in Explore', column(TRACE_ID)),
    ],
  },
  { from: 'Trace Service', title: 'Begun by', width: 160 },
  ...selected,
  { from: 'Duration', title: 'Duration', unit: 'ns', width: 100 },
];
