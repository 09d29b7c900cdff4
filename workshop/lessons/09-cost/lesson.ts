import { outcome } from '../../check/requirement.ts';
import { mimir, otlpReceiver, spanmetrics } from '../common.ts';
import { about, type Lesson, task } from '../lesson.ts';
import {
  IN_SECONDS,
  LIVE_DEBUGGING,
  OTLP_RECEIVER,
  SPAN_METRICS,
  TO_MIMIR,
  TO_TEMPO,
  TRACES_IN_BATCHES,
} from '../tasks.ts';

const INPUT = {
  attributes: { 'http.method': 'GET', 'http.target': '/unicorn', beast: 'unicorn', 'network.peer.port': '40112' },
};

export default {
  ...about('9', '09-cost', 'Cost: the label behind the series', 25),
  requirements: [
    OTLP_RECEIVER,
    TO_TEMPO,
    TO_MIMIR,
    TRACES_IN_BATCHES,
    SPAN_METRICS,
    task(
      outcome('label', otlpReceiver, mimir, {
        signal: 'traces',
        input: INPUT,
        expect: {
          labels: {
            http_method: 'GET',
            http_target: '/unicorn',
            beast: 'unicorn',
            source: 'workshop',
            network_peer_port: null,
          },
        },
      }),
      'Find the labels with the most values: count by (__name__) ({__name__=~"traces_spanmetrics.+"}), then by each label.',
      'A client port is different for nearly every connection. Remove that dimension block, and no other.',
      'otelcol.connector.spanmetrics.red',
    ),
    task(
      outcome('at-the-source', otlpReceiver, spanmetrics, {
        signal: 'traces',
        input: INPUT,
        expect: { labels: { network_peer_port: null } },
      }),
      'The label is gone, but the series still exist, and now they collide: of all series with the same labels, only one arrives.',
      "Don't drop the label from existing series. Don't create it: the connector lists the dimensions.",
      'otelcol.connector.spanmetrics.red',
    ),
    IN_SECONDS,
    LIVE_DEBUGGING,
  ],
  question: {
    text: 'A metric has 5 methods, 20 targets, 5 beasts and 1,000 ports. How many series can there be at most?',
    answer: /^(500[,. ]?(000|k)|half a million)\b/i,
    reason: 'Labels multiply: 5 · 20 · 5 · 1,000.',
  },
  live: [
    {
      id: 'spans-arrive',
      type: 'spans',
      input: { copies: 20, attributes: { 'http.method': 'GET', 'network.peer.port': '{n}' } },
      expect: {},
    },
    {
      id: 'one-series',
      type: 'series',
      query: 'traces_spanmetrics_calls_total{source="workshop",span_name="{marker}",http_method="GET"}',
      count: 1,
    },
  ],
} satisfies Lesson;
