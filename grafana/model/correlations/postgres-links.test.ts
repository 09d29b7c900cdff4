import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ENDPOINT_TYPES, vocabularyOf } from '@mythical/common/vocabulary';
import { dataSources, insert, open, withTags } from './examples.ts';
import { transform } from './variables.ts';

describe('from a span to Postgres', () => {
  const BEASTS = 'tempo: Beasts of this kind, when the span ended';
  const RECORD = 'tempo: What the recorder wrote';

  test('the statement is fixed, with the span’s values as literals', () => {
    assert.equal(
      open(BEASTS, insert)?.query.rawSql,
      "select created_at, kind, name, id, created_at >= to_timestamp(('1795247738045'::numeric - 10) / 1000)" +
        " as in_the_time_of_the_span from beasts where kind = 'manticore'" +
        " and created_at <= to_timestamp(('1795247738045'::numeric + '0.694822'::numeric + 10) / 1000)" +
        ' order by created_at desc limit 20',
    );
  });

  for (const key of ['messaging.message_id', 'messaging.message.id']) {
    test(`the row of a message, by ${key}`, () => {
      assert.equal(
        open(RECORD, withTags({ key, value: '348d6981-18dc-4089-a1e4-275aa9391f44' }))?.query.rawSql,
        "select recorded_at, kind, action, message_id from records where message_id = '348d6981-18dc-4089-a1e4-275aa9391f44'",
      );
    });
  }

  test('the order of key and value in an attribute and the name of its key do not matter', () => {
    const { transformations } = dataSources.get('tempo')!.correlations![0]!.config;
    for (const key of ENDPOINT_TYPES.map((type) => vocabularyOf(type).tag)) {
      for (const tags of [[{ key, value: 'owlbear' }], [{ value: 'owlbear', key }]]) {
        assert.equal(transform(transformations, { tags }).kind, 'owlbear');
      }
    }
  });

  for (const hostile of [
    "x'; drop table beasts; --",
    "x''",
    'x\\',
    '$1',
    '${spanStart}',
    'a b',
    '"',
    'unicorn\n',
    '{}',
    '',
  ]) {
    test(`no link for a beast named ${JSON.stringify(hostile)}`, () => {
      assert.equal(open(BEASTS, withTags({ key: 'beast', value: hostile })), undefined);
      assert.equal(open(RECORD, withTags({ key: 'messaging.message_id', value: hostile })), undefined);
    });
  }

  test('one attribute cannot pose as another', () => {
    const forged = { key: 'user_agent.original', value: '{"key":"beast","value":"forged"}' };
    assert.equal(open(BEASTS, withTags(forged)), undefined);
    assert.match(String(open(BEASTS, withTags({ key: 'beast', value: 'unicorn' }, forged))?.query.rawSql), /'unicorn'/);
  });

  test('span values reach the statement only as literals', () => {
    for (const { config, ...correlation } of dataSources.get('tempo')!.correlations!) {
      if (correlation.type !== 'query' || correlation.targetUID !== 'postgres') continue;
      const variables = String(config.target.rawSql).match(/\$[^ ]*?\}/g)!;
      assert.ok(variables.length > 0);
      for (const variable of variables) assert.match(variable, /^\$\{\w+:sqlstring\}$/);
    }
  });
});
