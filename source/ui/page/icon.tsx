/**
 * Line icons on a 16×16 grid, in the colour of the surrounding text. They are decorative: text next to them has the
 * meaning.
 */
const PATHS = {
  bolt: 'M9 1.5 3.5 9H8l-1 5.5L12.5 7H8z',
  chevron: 'm6 4 4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5h8v8h-8zM3 10.5h-.5v-8h8V3',
  error: 'M8 1.5 15 14H1zM8 6v4m0 1.5v1',
  link: 'M6.5 9.5 9.5 6.5M7 4.5l1.8-1.8a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5l-1.8 1.8a2.8 2.8 0 0 1-4-4L5 7.5',
  logs: 'M3 4h10M3 8h10M3 12h6',
  moon: 'M13 9.6A5.5 5.5 0 0 1 6.4 3a5.5 5.5 0 1 0 6.6 6.6',
  plus: 'M8 3v10M3 8h10',
  profile: 'M2 13h12M2 9.5h12M4 6h7M6 2.5h3',
  refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.8h-2.8',
  sun: 'M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9',
  trace: 'M2 4h8M5 8h7M8 12h6',
  trash: 'M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5M6.7 7v3.5M9.3 7v3.5',
  // Span kinds.
  client: 'M2 8h10M8 4l4 4-4 4M14 2v12',
  consumer: 'M8 3h6v10H8zM1 8h7M5 5l3 3-3 3',
  internal: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6z',
  producer: 'M2 3h6v10H2zM8 8h6m-3-3 3 3-3 3',
  server: 'M14 8H4m4-4L4 8l4 4M2 2v12',
  unspecified: 'M4 8h8',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg
      className="size-[1em] flex-none fill-none stroke-current stroke-[1.5] [stroke-linecap:round] [stroke-linejoin:round]"
      viewBox="0 0 16 16"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
