import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { all, literal, sql } from './sql.ts';

describe('sql', () => {
  it('doubles the quotes of a string, so that it cannot end the literal', () => {
    assert.equal(sql`SELECT ${"x'; DROP TABLE spans; --"}`.text, "SELECT 'x''; DROP TABLE spans; --'");
  });

  it('keeps a string with line breaks on one line, as an escape string', () => {
    assert.equal(literal("a\nb\\c'd"), "E'a\\nb\\\\c''d'");
  });

  it('leaves a backslash alone where it means nothing', () => {
    assert.equal(literal('a\\b'), "'a\\b'");
  });

  it('drops NUL, at which DuckDB would stop reading', () => {
    assert.equal(literal('a\0b'), "'ab'");
  });

  it('writes dates as UTC timestamps, lists in parentheses, and refuses what is no number', () => {
    assert.equal(literal(new Date('2026-11-21T04:05:06.789Z')), "TIMESTAMP '2026-11-21 04:05:06.789'");
    assert.equal(literal(['a', "b'"]), "('a', 'b''')");
    assert.equal(literal([]), '(NULL)');
    assert.throws(() => literal(Number.NaN), RangeError);
  });

  it('removes the indentation of the template and indents the pieces put into it', () => {
    const condition = all(sql`a = ${1}`, undefined, sql`b = ${'x'}`);
    const query = sql`
      SELECT *
      FROM spans
      WHERE ${condition}
      LIMIT 1
    `;
    assert.equal(query.text, "SELECT *\nFROM spans\nWHERE a = 1\n  AND b = 'x'\nLIMIT 1");
  });

  it('has a condition that holds when none is given', () => {
    assert.equal(all(undefined).text, 'TRUE');
  });
});
