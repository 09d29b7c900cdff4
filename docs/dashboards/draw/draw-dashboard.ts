import type { Answer } from '../../../tests/e2e/dashboards/answers.ts';
import type { Range } from '../../../tests/e2e/dashboards/range.ts';
import type { Dashboard, Panel } from '../../../tests/e2e/dashboards/read.ts';
import { fill, type Values } from '../../../tests/e2e/dashboards/variables.ts';
import { drawPanel } from './draw-panel.ts';
import { COLORS, escapeXml, rect, text } from './svg.ts';

const WIDTH = 1_200;
const MARGIN = 10;
const HEADER_PX = 46;
const GAP = 6;
const COLUMN_PX = (WIDTH - 2 * MARGIN) / 24;
const LINE_PX = 27;

/** The whole dashboard as one picture. */
export function drawDashboard(
  dashboard: Dashboard,
  answers: Map<number, Answer[]>,
  values: Values,
  range: Range,
  titles: string[],
): string {
  const bottom = Math.max(...dashboard.panels.map(({ gridPos: { y, h } }) => y + h));
  const height = HEADER_PX + bottom * LINE_PX + MARGIN;
  const titleOf = ({ title }: Panel) => fill(title, (name) => values[name]);
  const parts = dashboard.panels.map((panel) => {
    const { x, y, w, h } = panel.gridPos;
    const box = { x: MARGIN + x * COLUMN_PX, y: HEADER_PX + y * LINE_PX, w: w * COLUMN_PX - GAP, h: h * LINE_PX - GAP };
    if (panel.type === 'row') return text(box.x + 2, box.y + 17, titleOf(panel), { size: 13, bold: true });
    return drawPanel(box, panel, titleOf(panel), answers.get(panel.id) ?? [], range, titles);
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="system-ui,-apple-system,Segoe UI,Helvetica,Arial,sans-serif" role="img">
<title>${escapeXml(dashboard.title)}</title>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8Z" fill="#9aa3ad"/></marker></defs>
${rect({ x: 0, y: 0, w: WIDTH, h: height }, COLORS.page)}
${text(MARGIN + 2, 29, dashboard.title, { size: 18, bold: true })}
${text(WIDTH - MARGIN - 2, 29, chosen(dashboard, values), { size: 11, color: COLORS.faint, anchor: 'end' })}
${parts.join('\n')}
</svg>
`;
}

/** What stands in the header: the variables that somebody may choose, and the time range. */
function chosen({ templating, time }: Dashboard, values: Values): string {
  const variables = templating.list
    .filter(({ name, type }) => name !== 'word' && type !== 'textbox')
    .map(({ name }) => `${name}: ${values[name] === '.*' ? 'All' : values[name]}`);
  return [...variables, `${time.from} to ${time.to}`].join('   ·   ');
}
