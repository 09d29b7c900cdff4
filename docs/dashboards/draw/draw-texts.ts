import type { Answer, Bar, Edge, Line, Row } from '../../../tests/e2e/dashboards/answers.ts';
import type { Panel } from '../../../tests/e2e/dashboards/read.ts';
import { clock, format } from './format.ts';
import { type Box, COLORS, colorOf, cut, line, rect, text, widthOf } from './svg.ts';

const ROW_PX = 18;

/** Rows and columns, merged, renamed and sorted as the panel says. */
export function drawTable(box: Box, panel: Panel, answers: Answer[]): string {
  const { includeByName, renameByName } = panel.transformations!.find(({ id }) => id === 'organize')!.options as {
    includeByName: Record<string, boolean>;
    renameByName: Record<string, string>;
  };
  const propertiesOf = (title: string) =>
    panel.fieldConfig!.overrides.find(({ matcher }) => matcher.options === title)?.properties ?? [];
  const columns = Object.keys(includeByName)
    // Those that are there for links alone. The first, Tempo's data source hides by itself.
    .filter((from) => from !== 'traceIdHidden')
    .filter((from) => !propertiesOf(renameByName[from]!).some(({ id }) => id === 'custom.hideFrom.viz'))
    .map((from) => {
      const properties = propertiesOf(renameByName[from]!);
      const propertyOf = <T>(id: string) => properties.find((one) => one.id === id)?.value as T | undefined;
      return {
        from,
        title: renameByName[from]!,
        unit: propertyOf<string>('unit'),
        decimals: propertyOf<number>('decimals'),
        width: propertyOf<number>('custom.width'),
        linked: propertyOf('links') !== undefined,
        thresholds: propertyOf<{ steps: { value: number | null; color: string }[] }>('thresholds')?.steps ?? [],
      };
    });
  const rows = sorted(merged(answers), panel, renameByName).slice(0, Math.floor((box.h - ROW_PX) / ROW_PX));
  const fixed = columns.reduce((sum, { width }) => sum + (width ?? 0), 0);
  const shrink = Math.min(0.68, (box.w - 8) / Math.max(1, fixed));
  const free = (box.w - 8 - fixed * shrink) / Math.max(1, columns.filter(({ width }) => width === undefined).length);
  const parts: string[] = [];
  let x = box.x + 6;
  for (const { from, title, unit, decimals, width, linked, thresholds } of columns) {
    const room = width === undefined ? free : width * shrink;
    parts.push(text(x, box.y + 12, title, { size: 10, color: COLORS.blue, bold: true }, room - 6));
    rows.forEach((row, index) => {
      const value = row[from];
      const written =
        typeof value !== 'number'
          ? (value ?? '')
          : /^(Start time|newest)$/.test(from)
            ? clock(value)
            : format(value, unit, decimals);
      const color =
        typeof value === 'number'
          ? thresholds.filter((step) => step.value === null || value >= step.value).at(-1)?.color
          : undefined;
      parts.push(
        text(
          x,
          box.y + 12 + (index + 1) * ROW_PX,
          String(written),
          { size: 10, color: COLORS[color as keyof typeof COLORS] ?? (linked ? COLORS.blue : COLORS.text) },
          room - 6,
        ),
      );
    });
    x += room;
  }
  rows.forEach((_, index) => {
    parts.push(
      line(box.x + 4, box.y + 17 + index * ROW_PX, box.x + box.w - 4, box.y + 17 + index * ROW_PX, COLORS.grid),
    );
  });
  return parts.join('');
}

/** Rows of several queries become one where their labels agree. */
function merged(answers: Answer[]): Row[] {
  const byKey = new Map<string, Row>();
  answers.forEach((answer, index) => {
    if (answer.kind !== 'rows') return;
    for (const row of answer.rows) {
      const { Value, Time, ...labels } = row;
      const key = answers.length > 1 ? JSON.stringify(Object.entries(labels).sort()) : String(byKey.size);
      const values =
        Value === undefined
          ? {}
          : answers.length > 1
            ? { [`Value #${String.fromCharCode(65 + index)}`]: Value }
            : { Value };
      byKey.set(key, { ...byKey.get(key), ...(Time !== undefined && { Time }), ...labels, ...values });
    }
  });
  return [...byKey.values()];
}

function sorted(rows: Row[], panel: Panel, renamed: Record<string, string>): Row[] {
  const [sortBy] = (panel.options?.sortBy ?? []) as { displayName: string }[];
  const column = Object.keys(renamed).find((from) => renamed[from] === sortBy?.displayName);
  return column === undefined ? rows : rows.toSorted((a, b) => Number(b[column] ?? 0) - Number(a[column] ?? 0));
}

/** Log lines, newest first. */
export function drawLines(box: Box, lines: Line[]): string {
  const parts: string[] = [];
  let y = box.y + 10;
  for (const { at, text: words, labels } of lines) {
    if (y > box.y + box.h - 6) break;
    const level = labels.level ?? labels.detected_level ?? '';
    const color = /err/.test(level) ? COLORS.red : /warn/.test(level) ? COLORS.yellow : COLORS.green;
    parts.push(rect({ x: box.x + 4, y: y - 9, w: 3, h: 12 }, color));
    parts.push(text(box.x + 11, y, `${clock(at)}  ${words.split('\n')[0]}`, { size: 9, mono: true }, box.w - 18));
    y += 15;
  }
  return parts.join('');
}

/** The waterfall of a trace. */
export function drawTrace(box: Box, spans: Bar[]): string {
  const end = Math.max(...spans.map(({ startMs, durationMs }) => startMs + durationMs), 1e-3);
  const names = 300;
  return spans
    .slice(0, Math.floor(box.h / 20))
    .map(({ name, service, startMs, durationMs, depth, failed }, index) => {
      const y = box.y + 4 + index * 20;
      const x = box.x + names + (startMs / end) * (box.w - names - 70);
      const w = Math.max(2, (durationMs / end) * (box.w - names - 70));
      return (
        text(
          box.x + 8 + depth * 14,
          y + 12,
          `${service}  ${name}`,
          { size: 10, color: failed ? COLORS.red : COLORS.text },
          names - 16 - depth * 14,
        ) +
        rect({ x, y: y + 3, w, h: 12 }, failed ? COLORS.red : colorOf(service), 'rx="2"') +
        text(x + w + 4, y + 12, format(durationMs, 'ms', 1), { size: 9, color: COLORS.faint })
      );
    })
    .join('');
}

/** Services in a row, and who calls whom. */
export function drawEdges(box: Box, edges: Edge[]): string {
  const callers = edges.map(({ client }) => client);
  const depthOf = (service: string, seen: string[] = []): number => {
    const above = edges.filter(({ server, client }) => server === service && !seen.includes(client));
    return above.length === 0 ? 0 : 1 + Math.max(...above.map(({ client }) => depthOf(client, [...seen, service])));
  };
  const services = [...new Set(edges.flatMap(({ client, server }) => [client, server]))];
  const layers = Map.groupBy(services, (service) => depthOf(service));
  const deepest = Math.max(...layers.keys(), 1);
  const place = new Map<string, [number, number]>();
  for (const [depth, members] of layers) {
    members.sort().forEach((service, index) => {
      place.set(service, [
        box.x + 70 + (depth / deepest) * (box.w - 140),
        box.y + ((index + 1) / (members.length + 1)) * box.h,
      ]);
    });
  }
  const arrows = edges.map(({ client, server, rate }) => {
    const [x1, y1] = place.get(client)!;
    const [x2, y2] = place.get(server)!;
    return (
      line(x1 + 17, y1, x2 - 20, y2, '#9aa3ad', 'stroke-width="1.5" marker-end="url(#arrow)"') +
      text(x1 + (x2 - x1) * 0.4, y1 + (y2 - y1) * 0.4 - 5, rate < 0.005 ? '' : format(rate, 'reqps', 2), {
        size: 9,
        color: COLORS.faint,
        anchor: 'middle',
      })
    );
  });
  const circles = services.map((service) => {
    const [x, y] = place.get(service)!;
    const color = callers.includes(service) ? COLORS.blue : COLORS.green;
    return `<circle cx="${Math.round(x)}" cy="${Math.round(y)}" r="15" fill="#fff" stroke="${color}" stroke-width="3"/>${text(x, y + 28, service, { size: 10, anchor: 'middle' })}`;
  });
  return [...arrows, ...circles].join('');
}

/** The topmost levels of a flame graph: a level is a list of (offset, total, self, name) for each bar. */
export function drawFlames(
  box: Box,
  { names, levels, total }: { names: string[]; levels: number[][]; total: number },
): string {
  const height = 15;
  return levels
    .slice(0, Math.floor((box.h - 4) / height))
    .map((values, depth) => {
      const parts: string[] = [];
      let x = 0;
      for (let index = 0; index + 3 < values.length; index += 4) {
        x += values[index]!;
        const width = (values[index + 1]! / total) * (box.w - 12);
        const name = names[values[index + 3]!] ?? '';
        if (width >= 7) {
          const bar = {
            x: box.x + 6 + (x / total) * (box.w - 12),
            y: box.y + depth * height,
            w: width - 1,
            h: height - 1,
          };
          parts.push(rect(bar, depth === 0 ? '#b8bec4' : flameColor(name), 'rx="1"'));
          if (width > 34) parts.push(text(bar.x + 3, bar.y + 10, name.split('/').at(-1)!, { size: 9 }, width - 6));
        }
        x += values[index + 1]!;
      }
      return parts.join('');
    })
    .join('');
}

function flameColor(name: string): string {
  let hash = 5;
  for (const character of name) hash = (hash * 33 + character.charCodeAt(0)) >>> 0;
  return `hsl(${18 + (hash % 32)} 85% ${66 + (hash % 12)}%)`;
}

/** Markdown, without its marks. */
export function drawWords(box: Box, markdown: string): string {
  const parts: string[] = [];
  let y = box.y + 12;
  for (const paragraph of markdown.split('\n')) {
    if (/^\|?\s*-+/.test(paragraph) || /^```/.test(paragraph)) continue;
    const code = /^(curl|npm)/.test(paragraph);
    const plain = paragraph
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/\*\*|\*(?=\S)|(?<=\S)\*|`/g, '')
      .replace(/^\|\s*|\s*\|$/g, '')
      .replace(/\s*\|\s*/g, '  –  ');
    if (plain.trim() === '') {
      y += 6;
      continue;
    }
    for (const row of wrapped(plain, box.w - 16, code ? 9 : 11, code)) {
      if (y > box.y + box.h - 4) return parts.join('');
      parts.push(text(box.x + 8, y, row, { size: code ? 9 : 11, mono: code }));
      y += 15;
    }
  }
  return parts.join('');
}

function wrapped(words: string, width: number, size: number, mono: boolean): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of words.split(' ')) {
    const longer = row === '' ? word : `${row} ${word}`;
    if (widthOf(longer, size, mono) > width && row !== '') {
      rows.push(row);
      row = word;
    } else row = longer;
  }
  return [...rows, cut(row, width, size, mono)];
}
