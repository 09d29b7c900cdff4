/** A number with its unit, as Grafana would write it: `1.5 kB/s`, `23 ms`, `4.2 %`. */
export function format(value: number | null | undefined, unit = 'short', decimals?: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  switch (unit) {
    case 'percentunit':
      return `${decimals === undefined ? trimmed(value * 100, 1) : digits(value * 100, decimals)}%`;
    case 's':
      return duration(value, decimals);
    case 'ms':
      return duration(value / 1e3, decimals);
    case 'ns':
      return duration(value / 1e9, decimals);
    case 'bytes':
      return scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB'], decimals);
    case 'binBps':
      return scaled(value, 1024, ['B/s', 'KiB/s', 'MiB/s', 'GiB/s'], decimals);
    case 'reqps':
      return `${short(value, decimals)} req/s`;
    case 'cps':
      return `${short(value, decimals)} c/s`;
    case 'cpm':
      return `${short(value, decimals)} c/m`;
    case 'mps':
      return `${short(value, decimals)} msg/s`;
    case 'bool_on_off':
      return value === 0 ? 'Off' : 'On';
    default:
      return short(value, decimals);
  }
}

function duration(seconds: number, decimals?: number): string {
  const size = Math.abs(seconds);
  if (size === 0) return '0 s';
  if (size < 1e-3) return `${digits(seconds * 1e6, decimals ?? 0)} µs`;
  if (size < 1)
    return `${decimals === undefined ? trimmed(seconds * 1e3, size < 0.1 ? 1 : 0) : digits(seconds * 1e3, decimals)} ms`;
  if (size < 120) return `${decimals === undefined ? trimmed(seconds, 2) : digits(seconds, decimals)} s`;
  if (size < 7_200) return `${digits(seconds / 60, 1)} min`;
  return `${digits(seconds / 3_600, 1)} h`;
}

function scaled(value: number, base: number, units: string[], decimals?: number): string {
  let index = 0;
  let rest = value;
  while (Math.abs(rest) >= base && index < units.length - 1) {
    rest /= base;
    index++;
  }
  return `${digits(rest, decimals ?? (index === 0 ? 0 : 1))} ${units[index]}`;
}

function short(value: number, decimals?: number): string {
  if (Math.abs(value) >= 1e6) return `${digits(value / 1e6, decimals ?? 2)} Mil`;
  if (Math.abs(value) >= 1e3) return `${digits(value / 1e3, decimals ?? 1)} K`;
  return decimals === undefined ? trimmed(value, Math.abs(value) < 1 ? 3 : 2) : digits(value, decimals);
}

/** Without zeros at the end. */
const trimmed = (value: number, most: number): string => String(Number(value.toFixed(most)));

const digits = (value: number, count: number): string => {
  const written = value.toFixed(count);
  return /^-0(\.0*)?$/.test(written) ? written.slice(1) : written;
};

export const clock = (ms: number): string => new Date(ms).toISOString().slice(11, 19);
