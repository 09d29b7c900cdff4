import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { RECORDING_DELAY_BUCKETS_S, REQUEST_TIME_BUCKETS_MS } from '@mythical/common/telemetry/metrics';
import {
  BURN_ALERTS,
  badRatio,
  FAST_MS,
  FRESH_S,
  LEAST_EVENTS,
  OBJECTIVES,
  TARGET,
} from '../../grafana/queries/objectives.ts';
import { alertsOf, isAlert, RULE_FOLDERS, rulesOf } from '../e2e/alerts/rules.ts';
import { rules } from '../support/all-rules.ts';

describe('the objectives are the same in the rules and on the dashboards', () => {
  const text = readFileSync(path.join(RULE_FOLDERS.mimir, 'objectives.yaml'), 'utf8');

  test('the targets', () => {
    const promised = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record === 'slo:objective:ratio');
    assert.deepEqual(
      promised.map(({ labels, expr }) => [labels?.slo, expr]),
      OBJECTIVES.map(({ slo }) => [slo, `vector(${TARGET})`]),
    );
  });

  test('the windows, the burn rates of the alerts, and the number of events they need', () => {
    for (const objective of OBJECTIVES) {
      for (const { severity, rate, long, short } of BURN_ALERTS) {
        const [rule] = alertsOf('mimir').filter(
          (one) => one.expr.includes(`slo="${objective.slo}"`) && one.labels.severity === severity,
        );
        assert.ok(rule!.expr.includes(`slo:sli_events:increase${long}{slo="${objective.slo}"} >= ${LEAST_EVENTS}`));
        for (const window of [long, short]) {
          assert.ok(rule!.expr.includes(`${badRatio(objective, window)} > (${rate} * ${(1 - TARGET).toFixed(2)})`));
        }
      }
    }
  });

  test('the counted metrics', () => {
    for (const { slo, all } of OBJECTIVES) {
      const recorded = rulesOf('mimir').filter((rule) => !isAlert(rule) && /^slo:sli_/.test(rule.record));
      const own = recorded.filter(({ labels }) => labels?.slo === slo);
      assert.equal(own.length, 9);
      for (const { expr } of own) for (const counter of all) assert.ok(expr.includes(`(${counter}[`), counter);
    }
  });

  // 0 / 0 is NaN, and then the mean of the whole day is NaN, too.
  test('without requests there is no ratio', () => {
    const ratios = rulesOf('mimir').filter((rule) => !isAlert(rule) && rule.record.startsWith('slo:sli_error:'));
    assert.equal(ratios.length, OBJECTIVES.length * 6);
    for (const { expr } of ratios) assert.match(expr, /> 0\s*\)\s*$/);
  });

  test('the windows match their names', () => {
    for (const rule of rules) {
      if (isAlert(rule) || !rule.record.startsWith('slo:sli_')) continue;
      const window = rule.record.replace(/^.*(?:rate|increase)/, '');
      for (const [, range] of rule.expr.matchAll(/\[(\w+)\]/g)) assert.equal(range, window, rule.record);
    }
  });

  test('the burn rates match their derivation: share of the budget × a day / window', () => {
    const rows = [...text.matchAll(/^# {3}(page|ticket) +(\d+) % +(\d+) (m|h) .* = ([\d.]+) +([\d.]+) % +(\d+) m$/gm)];
    assert.deepEqual(
      rows.map(([, severity, , long, unit, rate, , short]) => ({
        severity,
        rate: Number(rate),
        long: `${long}${unit}`,
        short: `${short}m`,
      })),
      BURN_ALERTS.map((one) => ({ ...one })),
    );
    for (const [, , share, long, unit, rate, bad] of rows) {
      const minutes = Number(long) * (unit === 'h' ? 60 : 1);
      assert.ok(Math.abs((Number(share) / 100) * (1440 / minutes) - Number(rate)) < 1e-9);
      assert.ok(Math.abs(Number(rate) * (1 - TARGET) * 100 - Number(bad)) < 1e-9);
    }
  });

  test('their limits match histogram buckets', () => {
    assert.ok(REQUEST_TIME_BUCKETS_MS.includes(FAST_MS));
    assert.ok(RECORDING_DELAY_BUCKETS_S.includes(FRESH_S));
    for (const objective of OBJECTIVES.filter(({ slo }) => slo !== 'availability')) {
      const selector = objective.good.replace(/^.*\{/, '{');
      assert.ok(text.includes(selector), selector);
    }
  });
});
