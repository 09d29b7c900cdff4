import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { all, literal, sql } from './sql.ts';

describe('sql', () => {
  it('doubles the quotes in a string', () => {
    assert.equal(sql`SELECT ${"x'; DROP TABLE spans; --"}`.text, "SELECT 'x''; DROP TABLE spans; --'");
  });

  it('keeps a string with line breaks on one line, as an escape string', () => {
    assert.equal(literal("a\nb\\c'd"), "E'a\\nb\\\\c''d'");
  });

  it('leaves backslashes alone outside of escape strings', () => {
    assert.equal(literal('a\\b'), "'a\\b'");
  });

  it('drops NUL, where DuckDB would end the query', () => {
    assert.equal(literal('a\0b'), "'ab'");
  });

  it("writes dates as UTC timestamps, lists in parentheses, and rejects numbers that aren't finite", () => {
    assert.equal(literal(new Date('2026-11-21T04:05:06.789Z')), "TIMESTAMP '2026-11-21 04:05:06.789'");
    assert.equal(literal(['a', "b'"]), "('a', 'b''')");
    assert.equal(literal([]), '(NULL)');
    assert.throws(() => literal(Number.NaN), RangeError);
  });

  it("removes the template's indentation and indents nested SQL", () => {
    const condition = all(sql`a = ${1}`, undefined, sql`b = ${'x'}`);
    const query = sql`
      SELECT *
      FROM spans
      WHERE ${condition}
      LIMIT 1
    `;
    assert.equal(query.text, "SELECT *\nFROM spans\nWHERE a = 1\n  AND b = 'x'\nLIMIT 1");
  });

  it('uses TRUE without conditions', () => {
    assert.equal(all(undefined).text, 'TRUE');
  });
});
