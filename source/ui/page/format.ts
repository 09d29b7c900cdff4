/** Human-readable values. All functions are pure; times are in the user's time zone. */

/** `ms` milliseconds with three significant digits and a suitable unit: 950 µs, 12.3 ms, 1.20 s, 2 min 5 s. */
export function formatDuration(ms: number): string {
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 0.0009995) return `${digits(ms * 1e6)} ns`;
  if (size < 0.9995) return `${digits(ms * 1000)} µs`;
  if (size < 999.5) return `${digits(ms)} ms`;
  if (size < 59_950) return `${digits(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.trunc(seconds / 60)} min ${Math.abs(seconds % 60)} s`;
}

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : digits(value)} ${units[unit]}`;
}

/** A count: in full up to 9,999, then 12.3k, 4.56M. */
export function formatCount(count: number): string {
  const size = Math.abs(count);
  if (size < 10_000) return count.toLocaleString('en');
  if (size < 999_500) return `${digits(count / 1e3)}k`;
  if (size < 999_500_000) return `${digits(count / 1e6)}M`;
  return `${digits(count / 1e9)}G`;
}

/** A ratio of 0…1 as a percentage; small ones are never shown as 0. */
export function formatPercent(ratio: number): string {
  if (ratio > 0 && ratio < 0.0005) return '< 0.1 %';
  return `${(ratio * 100).toFixed(1)} %`;
}

export function formatRate(perSecond: number): string {
  return `${digits(perSecond)}/s`;
}

/** A profile's value: 1.20 s, 3.4 MiB, 12 objects. */
export function formatValue(value: number, unit: string): string {
  if (unit === 'nanoseconds') return formatDuration(value / 1e6);
  if (unit === 'bytes') return formatBytes(value);
  return `${formatCount(value)} ${unit}`.trim();
}

/** The exact value: 1,204,000,000 nanoseconds. */
export function formatExact(value: number, unit: string): string {
  return `${value.toLocaleString('en')} ${unit}`.trim();
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

/** 14:03:07 */
export function formatClock(time: Date): string {
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}`;
}

/** 14:03:07.120 */
export function formatTime(time: Date): string {
  return `${formatClock(time)}.${pad(time.getMilliseconds(), 3)}`;
}

/** A relative time: now, 12 s ago, 5 min ago, 2 h ago. */
export function formatAgo(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 2) return 'now';
  if (seconds < 100) return `${seconds} s ago`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min ago`;
  return `${Math.round(seconds / 3600)} h ago`;
}

/** Any query result or attribute: strings as they are, the rest as JSON. */
export function formatAny(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const threeDigits = new Intl.NumberFormat('en', {
  useGrouping: false,
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
  maximumFractionDigits: 0,
  roundingPriority: 'morePrecision',
});

/** Three significant digits, more if the integer part is longer; no exponent. */
function digits(value: number): string {
  return value === 0 ? '0' : threeDigits.format(value);
}
