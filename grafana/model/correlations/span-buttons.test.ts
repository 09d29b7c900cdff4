import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { panelsOf, readDashboards } from '../dashboards/read.ts';
import { dataSources } from './examples.ts';
import { linksOfEverySpan, linksOfSomeSpans, MAX_BUTTONS, MENU } from './span-buttons.ts';

// Grafana chooses the names of links, and their number decides whether they are buttons.
describe('what our texts say about a span’s links', () => {
  const tempo = dataSources.get('tempo')!;
  const names = [...linksOfEverySpan(tempo), ...linksOfSomeSpans(tempo)];
  const root = path.join(import.meta.dirname, '../../..');
  const texts: [string, string][] = [
    ...['README.md', 'docs/runbooks.md', 'docs/dashboards.md'].map((file): [string, string] => [
      file,
      readFileSync(path.join(root, file), 'utf8'),
    ]),
    ...[...readDashboards()].map(([name, dashboard]): [string, string] => [
      `the dashboard ${name}`,
      panelsOf(dashboard)
        .flatMap(({ description = '', options }) => [description, String(options?.content ?? '')])
        .join('\n\n'),
    ]),
  ];
  /** Paragraphs and list items. */
  const parts = texts.flatMap(([where, text]) =>
    text.split(/\n\s*\n|\n(?=\d+\. |[-|] )/).map((part) => ({ where, part: part.replace(/\s*\n\s*/g, ' ') })),
  );
  const emphasized = (part: string) => [...part.matchAll(/(\*\*?)(?=\S)([^*]+)\1/g)].map(([, , words]) => words!);

  test('every span has too many links for buttons, so they are entries of one menu', () => {
    assert.ok(linksOfEverySpan(tempo).length > MAX_BUTTONS);
  });

  test('our texts name links and the menu as Grafana does', () => {
    const naming = parts.filter(({ part }) => emphasized(part).some((words) => names.includes(words)));
    assert.ok(naming.length >= 6, `${naming.length}`);
    for (const { where, part } of naming) assert.ok(emphasized(part).includes(MENU), `${where}: ${part}`);
    for (const { where, part } of parts) {
      for (const words of emphasized(part)) {
        if (/^(Logs|Profiles?|Metrics)( (for|of) .*)$/.test(words))
          assert.ok(names.includes(words), `${where}: ${words}`);
      }
    }
  });

  test('no text mentions a span button that does not exist', () => {
    for (const { where, part } of parts) {
      for (const [, words] of part.matchAll(/\bbuttons? \*+([^*]+)\*+/gi))
        assert.equal(words, MENU, `${where}: ${part}`);
      assert.ok(!emphasized(part).some((words) => /^(Logs|Profile)$/.test(words)), `${where}: ${part}`);
    }
  });
});
