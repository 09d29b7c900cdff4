import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  formatAgo,
  formatAny,
  formatBytes,
  formatCount,
  formatDuration,
  formatExact,
  formatPercent,
  formatRate,
  formatTime,
  formatValue,
} from './format.ts';

describe('formatting', () => {
  it('picks the unit of a duration', () => {
    const cases: [number, string][] = [
      [0, '0 ms'],
      [0.00045, '450 ns'],
      [0.95, '950 µs'],
      [12.345, '12.3 ms'],
      [999.6, '1.00 s'],
      [1200, '1.20 s'],
      [59_960, '1 min 0 s'],
      [125_000, '2 min 5 s'],
    ];
    for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
  });

  it('writes bytes in binary units', () => {
    assert.equal(formatBytes(512), '512 B');
    assert.equal(formatBytes(1536), '1.50 KiB');
    assert.equal(formatBytes(1024 * 1024 - 1), '1.00 MiB');
  });

  it('shortens large counts only', () => {
    assert.equal(formatCount(9999), '9,999');
    assert.equal(formatCount(12_345), '12.3k');
    assert.equal(formatCount(999_900), '1.00M');
  });

  it('never shows a small ratio as 0', () => {
    assert.equal(formatPercent(0), '0.0 %');
    assert.equal(formatPercent(0.0001), '< 0.1 %');
    assert.equal(formatPercent(0.1234), '12.3 %');
  });

  it('writes rates with three significant digits, however small', () => {
    assert.deepEqual([0, 1 / 3600, 0.05, 1.2, 99.96, 1234.5].map(formatRate), [
      '0/s',
      '0.000278/s',
      '0.0500/s',
      '1.20/s',
      '100/s',
      '1235/s',
    ]);
  });

  it('formats profile values by unit, also exactly', () => {
    assert.equal(formatValue(1.5e9, 'nanoseconds'), '1.50 s');
    assert.equal(formatValue(2048, 'bytes'), '2.00 KiB');
    assert.equal(formatValue(12, 'objects'), '12 objects');
    assert.equal(formatExact(1_204_000_000, 'nanoseconds'), '1,204,000,000 nanoseconds');
  });

  it('pads the parts of a time', () => {
    assert.equal(formatTime(new Date(2026, 0, 2, 3, 4, 5, 6)), '03:04:05.006');
  });

  it('formats relative times in one unit', () => {
    assert.deepEqual([500, 12_000, 300_000, 7_200_000].map(formatAgo), ['now', '12 s ago', '5 min ago', '2 h ago']);
  });

  it('formats any value', () => {
    assert.deepEqual([null, 'a', 1, { a: [1] }].map(formatAny), ['', 'a', '1', '{"a":[1]}']);
  });
});
