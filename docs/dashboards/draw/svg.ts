/** A rectangle on the picture, in pixels. */
export type Box = { x: number; y: number; w: number; h: number };

export const COLORS = {
  page: '#f4f5f5',
  panel: '#ffffff',
  border: '#e0e3e7',
  text: '#24292e',
  faint: '#6e757c',
  grid: '#eceef0',
  green: '#37872d',
  yellow: '#e0b400',
  orange: '#fa6400',
  red: '#e02f44',
  blue: '#3274d9',
  purple: '#8f3bb8',
  transparent: '#f0f1f2',
} as const;

const PALETTE = [
  '#56a64b',
  '#f2a600',
  '#3274d9',
  '#e0568f',
  '#8f3bb8',
  '#1f9e9e',
  '#c15c17',
  '#6b7280',
  '#0a50a1',
  '#b0413e',
  '#7a9a01',
  '#a352cc',
];

const NAMED: Record<string, string> = { info: COLORS.green, warn: COLORS.yellow, error: COLORS.red };

/** A color that belongs to the name, so that a series has the same one everywhere; unless a neighbour has it already. */
export function colorOf(name: string, used: string[] = []): string {
  if (NAMED[name] !== undefined) return NAMED[name];
  let hash = 7;
  for (const character of name) hash = (hash * 31 + character.charCodeAt(0)) >>> 0;
  const order = PALETTE.map((_, index) => PALETTE[(hash + index) % PALETTE.length]!);
  return order.find((color) => !used.includes(color)) ?? order[0]!;
}

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!);

/** Whole pixels: a tenth of one can't be seen, and pictures should be small. */
export const px = (value: number): string => String(Math.round(value));

export type TextStyle = {
  size?: number;
  color?: string;
  bold?: boolean;
  anchor?: 'start' | 'middle' | 'end';
  mono?: boolean;
};

/** A line of text, cut to fit where `width` is given. */
export function text(
  x: number,
  y: number,
  words: string,
  style: TextStyle = {},
  width = Number.POSITIVE_INFINITY,
): string {
  const { size = 11, color = COLORS.text, bold = false, anchor = 'start', mono = false } = style;
  const attributes = [
    `x="${px(x)}" y="${px(y)}" font-size="${size}" fill="${color}"`,
    bold ? 'font-weight="600"' : '',
    anchor === 'start' ? '' : `text-anchor="${anchor}"`,
    mono ? 'font-family="ui-monospace,Menlo,Consolas,monospace"' : '',
  ].filter(Boolean);
  return `<text ${attributes.join(' ')}>${escapeXml(cut(words, bold ? width / 1.08 : width, size, mono))}</text>`;
}

/** About how wide a text is. */
export const widthOf = (words: string, size: number, mono = false): number =>
  words.length * size * (mono ? 0.61 : 0.535);

export function cut(words: string, width: number, size: number, mono = false): string {
  if (widthOf(words, size, mono) <= width) return words;
  const length = Math.max(1, Math.floor(width / (size * (mono ? 0.61 : 0.535))) - 1);
  return `${words.slice(0, length)}…`;
}

export const rect = ({ x, y, w, h }: Box, fill: string, more = ''): string =>
  `<rect x="${px(x)}" y="${px(y)}" width="${px(Math.max(0, w))}" height="${px(Math.max(0, h))}" fill="${fill}"${more && ` ${more}`}/>`;

export const line = (x1: number, y1: number, x2: number, y2: number, color: string, more = ''): string =>
  `<path d="M${px(x1)} ${px(y1)}L${px(x2)} ${px(y2)}" stroke="${color}" fill="none"${more && ` ${more}`}/>`;

/** A line through points; a gap where a value is missing. */
export function path(points: ([number, number] | null)[], color: string, more = ''): string {
  let pen = 'M';
  const steps = points.map((point) => {
    if (point === null) {
      pen = 'M';
      return '';
    }
    const step = `${pen}${px(point[0])} ${px(point[1])}`;
    pen = 'L';
    return step;
  });
  return `<path d="${steps.join('')}" stroke="${color}" fill="none"${more && ` ${more}`}/>`;
}
