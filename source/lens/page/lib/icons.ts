import { svg } from './dom.ts';

/** Small line icons, drawn in the colour of the text. 16 × 16. */
const PATHS = {
  server: 'M14 8H4m4-4L4 8l4 4M2 2v12',
  client: 'M2 8h10M8 4l4 4-4 4M14 2v12',
  producer: 'M2 3h6v10H2zM8 8h6m-3-3 3 3-3 3',
  consumer: 'M8 3h6v10H8zM1 8h7M5 5l3 3-3 3',
  internal: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  unspecified: 'M4 8h8',
  error: 'M8 1.5 15 14H1zM8 6v4m0 1.5v1',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1.8-1.8a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5l-1.8 1.8a2.8 2.8 0 0 1-4-4L5 7.5',
  flame: 'M2 13h12M3 10h8M3 7h5M3 4h3',
  log: 'M2 4h12M2 8h12M2 12h8',
  chevron: 'm6 4 4 4-4 4',
  theme: 'M8 2a6 6 0 1 0 0 12zM8 2a6 6 0 0 1 0 12',
  refresh: 'M13.5 8A5.5 5.5 0 1 1 11.8 4M12 1v3.5H8.5',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGElement {
  return svg(
    'svg',
    { viewBox: '0 0 16 16', class: `icon icon-${name}`, 'aria-hidden': 'true', focusable: 'false' },
    svg('path', { d: PATHS[name] }),
  );
}

const KINDS: Readonly<Record<string, Icon>> = {
  server: 'server',
  client: 'client',
  producer: 'producer',
  consumer: 'consumer',
  internal: 'internal',
};

export function kindIcon(kind: string): SVGElement {
  return icon(KINDS[kind] ?? 'unspecified');
}
