import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, amount } from '../../grafana/model/dashboards/answers.ts';
import { ask } from '../../grafana/model/dashboards/ask.ts';
import { addressOf, clickable, type End, follow } from '../../grafana/model/dashboards/follow.ts';
import { openingRange } from '../../grafana/model/dashboards/range.ts';
import {
  type Dashboard,
  dataLinksOf,
  type Link,
  type Panel,
  panelsOf,
  readDashboards,
  type Target,
} from '../../grafana/model/dashboards/read.ts';
import { openingValues, type Values } from '../../grafana/model/dashboards/variables.ts';
import { postJson } from '../../grafana/model/http.ts';
import { until } from '../support/until.ts';
import { anyOf, expectedBehindZero } from './dashboards/behind-zero.ts';
import { ANNOTATIONS_MAY_BE_EMPTY, mayBeEmpty, mayLeadToNothing } from './dashboards/may-be-empty.ts';
import { componentsOf, optionsOf } from './dashboards/needs-of-panel.ts';
import { visit } from './dashboards/visit.ts';
import { ADDRESSES, needs, POSTGRES, WITHOUT } from './stack/addresses.ts';
import { runningCollector } from './stack/collector.ts';
import * as mimir from './stack/mimir.ts';
import * as tempo from './stack/tempo.ts';

// Opens every dashboard on the running stack, as Grafana would: fills in variables and macros, sends each panel's queries to the
// backends, and follows each link in the results. Grafana itself is not needed.

const backends = { ...ADDRESSES, postgres: POSTGRES };
const dashboards = readDashboards();
const collector = await runningCollector();

/** How long panels may stay empty: new data has to get through the collector first. */
const PATIENCE_MS = 90_000;
let patientUntil = 0;
/** How many of the possible clicks to try: an endpoint without errors has no failed traces, but another one has. */
const CLICKS = 12;

before(async () => {
  const { status } = await fetch(`${ADDRESSES.server}/readyz`);
  assert.equal(status, 200);
  // All panels have data only if, shortly before, someone visited the page and broke something for longer than the
  // scrape interval.
  if (!WITHOUT.has('faro')) await visit();
  await postJson(`${ADDRESSES.server}/scenarios`, { name: 'log-storm', seconds: 12 });
  patientUntil = Date.now() + PATIENCE_MS;
});

let asked = 0;
let answered = 0;
let followed = 0;
let behindZero = 0;

for (const [name, dashboard] of dashboards) {
  describe(`${dashboard.title} (${name})`, () => {
    let values: Values = {};
    /** Only in the first test that needs them: a component that was left out has no values. */
    const open = async () => {
      values =
        Object.keys(values).length > 0
          ? values
          : await openingValues(dashboard, ADDRESSES.mimir, await given(dashboard));
      return values;
    };

    for (const panel of panelsOf(dashboard)) {
      for (const target of panel.targets ?? []) {
        test(
          `${panel.title}: query ${target.refId}`,
          optionsOf(collector, name, dashboard, panel, target),
          async (t) => {
            await open();
            asked++;
            const answer = await patiently(panel, target, mayBeEmpty(name, panel.title));
            const found = amount(answer);
            t.diagnostic(`${found} ${answer.kind}`);
            assert.ok(found > 0 || mayBeEmpty(name, panel.title), `no data for ${JSON.stringify(target)}`);
            if (found > 0) answered++;
          },
        );
        for (const metric of expectedBehindZero(target.datasource.uid === 'mimir' ? target.expr! : '', collector)) {
          test(
            `${panel.title}: query ${target.refId}, behind its zero: ${metric.name}`,
            optionsOf(collector, name, dashboard, panel, target),
            async () => {
              await until(async () => (await mimir.query(anyOf(metric))).length > 0, {
                timeoutMs: Math.max(0, patientUntil - Date.now()),
                intervalMs: 2_000,
                what: () => `${metric.name}, for which the query returns zero if it is missing`,
              });
              behindZero++;
            },
          );
        }
      }
      if (panel.type === 'table') {
        test(`${panel.title}: its columns`, optionsOf(collector, name, dashboard, panel, panel.targets), async () => {
          await open();
          const wanted = Object.keys(
            panel.transformations?.find(({ id }) => id === 'organize')?.options.includeByName ?? {},
          );
          assert.ok(wanted.length > 0);
          const rows = (await allAnswers(panel)).flatMap((answer) => (answer.kind === 'rows' ? answer.rows : []));
          if (rows.length === 0 && mayBeEmpty(name, panel.title)) return;
          // With several queries, Grafana calls their values `Value #A` and so on, but a single one `Value`.
          const there = new Set(rows.flatMap((row) => Object.keys(row)));
          for (const { refId } of panel.targets ?? [])
            if ((panel.targets ?? []).length > 1) there.add(`Value #${refId}`);
          assert.deepEqual(
            wanted.filter((column) => !there.has(column)),
            [],
          );
        });
      }
      for (const link of dataLinksOf(panel)) {
        test(
          `${panel.title}: link ${link.title}`,
          optionsOf(collector, name, dashboard, panel, [panel.targets, link], link),
          async (t) => {
            await open();
            const leads = (end: End) => end.to === 'dashboard' || end.found > 0;
            const nothingToClick = async () => (await allAnswers(panel)).every((answer) => amount(answer) === 0);
            if (mayBeEmpty(name, panel.title) && (await nothingToClick())) {
              t.skip(`not run: there is nothing to click in ${panel.title}`);
              return;
            }
            let ends = await endsOf(panel, link);
            // New data may be drawn before it can be searched.
            const nothingIsFine = mayLeadToNothing(name, link.title);
            while (!ends.some(leads) && !nothingIsFine && Date.now() < patientUntil) {
              await sleep(2_000);
              ends = await endsOf(panel, link);
            }
            const good = ends.filter(leads).length;
            t.diagnostic(`${good} of ${ends.length} lead to data`);
            assert.ok(good > 0 || nothingIsFine, JSON.stringify(ends));
            if (good > 0) followed++;
          },
        );
      }
    }

    // With the values that the variables have before anyone clicks or types.
    if (dashboard.templating.list.some(({ type }) => type === 'textbox')) {
      test('no query is rejected when it opens', needs(...componentsOf(dashboard, panelsOf(dashboard))), async () => {
        const opening = await openingValues(dashboard, ADDRESSES.mimir);
        for (const panel of panelsOf(dashboard)) {
          for (const target of panel.targets ?? [])
            await ask(backends, { panel, target, values: opening, range: openingRange(dashboard) });
        }
      });
    }

    test('its annotations', async () => {
      for (const { name, datasource, expr, step } of dashboard.annotations.list) {
        const mayBeEmpty = ANNOTATIONS_MAY_BE_EMPTY.some(({ annotation }) => annotation === name);
        const target = { refId: 'Anno', datasource, expr, interval: step };
        const answer = await patiently(
          { id: 0, type: 'annotation', title: name, gridPos: { x: 0, y: 0, w: 24, h: 1 } },
          target,
          mayBeEmpty,
        );
        assert.ok(amount(answer) > 0 || mayBeEmpty, expr);
      }
    });

    /** Retries until there is data; a rejected query is an error immediately. */
    async function patiently(panel: Panel, target: Target, emptyIsFine: boolean): Promise<Answer> {
      const askNow = () => ask(backends, { panel, target, values, range: openingRange(dashboard) });
      let answer = await askNow();
      if (amount(answer) > 0 || emptyIsFine) return answer;
      await until(
        async () => {
          answer = await askNow();
          return amount(answer) > 0;
        },
        { timeoutMs: Math.max(0, patientUntil - Date.now()), intervalMs: 2_000 },
      ).catch(() => {});
      return answer;
    }

    async function allAnswers(panel: Panel): Promise<Answer[]> {
      return Promise.all((panel.targets ?? []).map((target) => patiently(panel, target, true)));
    }

    async function endsOf(panel: Panel, link: Link): Promise<End[]> {
      const range = openingRange(dashboard);
      const found = clickable(panel, await allAnswers(panel));
      // A link without variables for what was clicked leads to the same place from everywhere.
      const addresses = [...new Set(found.map((clicked) => addressOf(link, clicked, values, range)))].filter(
        (one) => one !== undefined,
      );
      assert.ok(addresses.length > 0, `no value for the variables of ${link.url}`);
      const ends: End[] = [];
      for (const address of addresses.slice(0, CLICKS)) ends.push(await follow(address, backends, dashboards.values()));
      return ends;
    }
  });
}

/** A value for a dashboard that shows nothing without it: a trace ID. */
async function given({ templating }: Dashboard): Promise<Values> {
  if (!templating.list.some(({ name, type }) => name === 'trace' && type === 'textbox')) return {};
  const [trace] = await tempo.search('{ resource.service.name = "mythical-server" && status = error }', { limit: 1 });
  assert.ok(trace, 'a trace with an error');
  return { trace };
}

describe('all dashboards', () => {
  test('counts', (t) => {
    t.diagnostic(
      `${asked} queries asked, ${answered} with data, ${followed} links followed, ${behindZero} metrics found behind a zero`,
    );
    assert.ok(asked > 0);
  });
});
