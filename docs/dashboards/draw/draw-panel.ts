import type { Answer, Line, Series } from '../../../tests/e2e/dashboards/answers.ts';
import type { Range } from '../../../tests/e2e/dashboards/range.ts';
import type { Panel } from '../../../tests/e2e/dashboards/read.ts';
import { drawGraph } from './draw-graph.ts';
import { drawBands, drawBars, drawHeat, drawStat } from './draw-numbers.ts';
import { drawEdges, drawFlames, drawLines, drawTable, drawTrace, drawWords } from './draw-texts.ts';
import { type Box, COLORS, rect, text } from './svg.ts';

const TITLE_PX = 22;

/** A panel with its frame, title and data. `titles` lists what cannot be drawn from data: names of other dashboards. */
export function drawPanel(
  box: Box,
  panel: Panel,
  title: string,
  answers: Answer[],
  range: Range,
  titles: string[],
): string {
  const inner = { x: box.x, y: box.y + TITLE_PX, w: box.w, h: box.h - TITLE_PX - 2 };
  return [
    rect(box, COLORS.panel, `stroke="${COLORS.border}" rx="3"`),
    text(box.x + 8, box.y + 15, title, { size: 11, bold: true }, box.w - 14),
    contentOf(inner, panel, answers, range, titles),
  ].join('');
}

function contentOf(box: Box, panel: Panel, answers: Answer[], range: Range, titles: string[]): string {
  const series: Series[] = answers.flatMap((answer) => (answer.kind === 'series' ? answer.series : []));
  const lines: Line[] = answers.flatMap((answer) => (answer.kind === 'lines' ? answer.lines : []));
  const [first] = answers;
  if (panel.type === 'text') return drawWords(box, String(panel.options?.content ?? ''));
  if (panel.type === 'dashlist') return drawWords(box, titles.join('\n'));
  if (answers.every((answer) => isEmpty(answer))) {
    return text(
      box.x + box.w / 2,
      box.y + box.h / 2,
      String(panel.fieldConfig?.defaults.noValue ?? 'No data: all is well'),
      {
        color: COLORS.faint,
        anchor: 'middle',
      },
    );
  }
  switch (panel.type) {
    case 'timeseries':
      return drawGraph(box, panel, series, range);
    case 'stat':
      return drawStat(box, panel, series, range);
    case 'bargauge':
      return drawBars(box, panel, series);
    case 'state-timeline':
      return drawBands(box, panel, series, range);
    case 'heatmap':
      return drawHeat(box, panel, series, range);
    case 'table':
      return drawTable(box, panel, answers);
    case 'logs':
      return drawLines(box, lines);
    case 'traces':
      return first?.kind === 'trace' ? drawTrace(box, first.spans) : '';
    case 'nodeGraph':
      return first?.kind === 'edges' ? drawEdges(box, first.edges) : '';
    case 'flamegraph':
      return first?.kind === 'flames' ? drawFlames(box, first) : '';
    default:
      throw new Error(`nobody has drawn a panel of the type ${panel.type} yet`);
  }
}

function isEmpty(answer: Answer): boolean {
  switch (answer.kind) {
    case 'series':
      return answer.series.length === 0;
    case 'rows':
      return answer.rows.length === 0;
    case 'lines':
      return answer.lines.length === 0;
    case 'trace':
      return answer.spans.length === 0;
    case 'flames':
      return answer.names.length < 2;
    case 'edges':
      return answer.edges.length === 0;
  }
}
