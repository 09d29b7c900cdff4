import assert from 'node:assert/strict';
import type { time } from '@datadog/pprof';
import type { Span } from '@opentelemetry/api';

export type Sample = { labels: Record<string, string>; samples: number; burning: boolean };

/** The samples of a profile with their labels, and whether the function `burn` was on the stack. */
export function samplesOf(profile: ReturnType<typeof time.stop>): Sample[] {
  const string = (index: number | bigint) => profile.stringTable.strings[Number(index)]!;
  return profile.sample.map(({ label, value, locationId }) => ({
    labels: Object.fromEntries(label.map(({ key, str }) => [string(key), string(str)])),
    samples: Number(value[0]),
    burning: locationId.some((id) =>
      profile.location[Number(id) - 1]!.line.some(
        ({ functionId }) => string(profile.function[Number(functionId) - 1]!.name) === 'burn',
      ),
    ),
  }));
}

export function count(samples: Sample[], span: Span): number {
  return samples
    .filter(({ burning, labels }) => burning && labels.profile_id === span.spanContext().spanId)
    .reduce((sum, { samples }) => sum + samples, 0);
}

export const countBurning = (samples: Sample[]) =>
  samples.filter(({ burning }) => burning).reduce((sum, { samples }) => sum + samples, 0);

/** Uses this much CPU time, however busy the machine is: samples count CPU time. */
export function burn(milliseconds: number): void {
  const start = process.threadCpuUsage();
  const burnt = () => {
    const { user, system } = process.threadCpuUsage(start);
    return (user + system) / 1000;
  };
  let steps = 0;
  while (burnt() < milliseconds) for (let step = 0; step < 10_000; step++) steps += Math.sqrt(step);
  assert.ok(steps > 0);
}
