/** Layout elements of Go's time package, https://pkg.go.dev/time#Layout, with a pattern for real times. */
const PARTS: [layout: string, pattern: string, name: string][] = [
  ['2006', '(\\d{4})', 'year'],
  ['January', '([A-Z][a-z]+)', 'monthName'],
  ['Jan', '([A-Z][a-z]{2})', 'monthName'],
  ['Monday', '[A-Z][a-z]+', ''],
  ['Mon', '[A-Z][a-z]{2}', ''],
  ['Z07:00', '(Z|[+-]\\d{2}:\\d{2})', 'zone'],
  ['-07:00', '([+-]\\d{2}:\\d{2})', 'zone'],
  ['Z0700', '(Z|[+-]\\d{4})', 'zone'],
  ['-0700', '([+-]\\d{4})', 'zone'],
  ['MST', '([A-Z]{3,4})', 'zoneName'],
  ['01', '(\\d{2})', 'month'],
  ['02', '(\\d{2})', 'day'],
  ['_2', '([ \\d]\\d)', 'day'],
  ['15', '(\\d{2})', 'hour'],
  ['04', '(\\d{2})', 'minute'],
  ['05', '(\\d{2})', 'second'],
  ['06', '(\\d{2})', 'shortYear'],
];

const NAMED: Record<string, string> = {
  ANSIC: 'Mon Jan _2 15:04:05 2006',
  UnixDate: 'Mon Jan _2 15:04:05 MST 2006',
  RFC1123: 'Mon, 02 Jan 2006 15:04:05 MST',
  RFC1123Z: 'Mon, 02 Jan 2006 15:04:05 -0700',
  RFC822: '02 Jan 06 15:04 MST',
  RFC822Z: '02 Jan 06 15:04 -0700',
  RFC3339: '2006-01-02T15:04:05Z07:00',
  RFC3339Nano: '2006-01-02T15:04:05.999999999Z07:00',
};

const UNIX: Record<string, number> = { Unix: 1000, UnixMs: 1, UnixUs: 1e-3, UnixNs: 1e-6 };

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The time in a text with this Go layout, in milliseconds; undefined if the text doesn't match the layout. */
export function parseGoTime(value: string, layout: string): number | undefined {
  if (layout in UNIX) return /^\d+(\.\d+)?$/.test(value) ? Number(value) * UNIX[layout]! : undefined;
  const { pattern, names } = patternOf(NAMED[layout] ?? layout);
  const match = pattern.exec(value);
  if (!match) return undefined;
  const found = Object.fromEntries(names.map((name, index) => [name, match[index + 1] ?? '']));
  const month = found.monthName ? MONTHS.indexOf(found.monthName.slice(0, 3)) + 1 : Number(found.month ?? 1);
  const year = found.year ?? (found.shortYear ? `20${found.shortYear}` : String(new Date().getUTCFullYear()));
  const pad = (value: string | number | undefined) =>
    String(value ?? 0)
      .trim()
      .padStart(2, '0');
  const zone = found.zone === undefined || found.zone === 'Z' ? 'Z' : found.zone.replace(/^(...)(\d\d)$/, '$1:$2');
  const time = `${year}-${pad(month)}-${pad(found.day ?? 1)}T${pad(found.hour)}:${pad(found.minute)}:${pad(found.second)}`;
  const milliseconds = Date.parse(`${time}${(found.fraction ?? '').replace(',', '.').slice(0, 4)}${zone}`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

function patternOf(layout: string): { pattern: RegExp; names: string[] } {
  let pattern = '';
  const names: string[] = [];
  for (let rest = layout; rest !== ''; ) {
    const fraction = /^[.,](0+|9+)(?!\d)/.exec(rest);
    const part = PARTS.find(([layout]) => rest.startsWith(layout));
    if (fraction) {
      pattern += fraction[1]![0] === '0' ? `([.,]\\d{${fraction[1]!.length}})` : '([.,]\\d+)?';
      names.push('fraction');
      rest = rest.slice(fraction[0].length);
    } else if (part) {
      pattern += part[1];
      if (part[2]) names.push(part[2]);
      // After the seconds, Go accepts a fraction, even if the layout has none.
      rest = rest.slice(part[0].length);
      if (part[0] === '05' && !/^[.,](0+|9+)/.test(rest)) {
        pattern += '([.,]\\d+)?';
        names.push('fraction');
      }
    } else {
      pattern += rest[0]!.replace(/[.*+?^${}()|[\]\\]/, '\\$&');
      rest = rest.slice(1);
    }
  }
  return { pattern: new RegExp(`^${pattern}$`), names };
}
