import { randomUUID } from 'node:crypto';
import { messageOf } from '@mythical/common/error-message';
import type { Queue } from '@mythical/common/queue/queue';
import { withKind } from '@mythical/common/telemetry/baggage';
import { createCounter, createGauge, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { Kind } from '@mythical/common/vocabulary';
import { ROOT_CONTEXT, type Span, type SpanContext, SpanStatusCode, trace } from '@opentelemetry/api';
import { createDanger } from './danger.ts';
import { createNames } from './names.ts';
import type { Method, ServerClient } from './server-client.ts';

export type Actions = {
  /**
   * A user action, which is one trace: a request to the server and, if it gets a response, a message to the recorder.
   * Never throws: failures show in the signals.
   *
   * @param previous the previous action, which the new trace links to
   */
  act(previous: SpanContext | undefined): Promise<{ span: SpanContext; answered: boolean }>;
};

export type ActionsOptions = { server: ServerClient; queue: Pick<Queue, 'publish'>; telemetry: Telemetry };

export function createActions({ server, queue, telemetry }: ActionsOptions): Actions {
  const { identity, logger, metrics } = telemetry;
  const { vocabulary } = identity;
  const tracer = trace.getTracer(identity.serviceName, identity.version);
  const names = createNames();
  const danger = createDanger();
  createGauge(metrics, {
    name: METRIC_NAMES.dangerLevel,
    help: 'Total danger of the beasts requested in the last 30 s',
    labelNames: [],
    collect: (gauge) => gauge.set(danger.level()),
  });
  const actions = createCounter(metrics, {
    name: METRIC_NAMES.requesterActions,
    help: 'Actions by outcome: answered, unanswered (by the server), or unpublished (to the queue)',
    labelNames: ['outcome'],
  });

  async function perform(span: Span, kind: Kind): Promise<boolean> {
    const { method, name } = pickRequest(kind);
    const fields = { 'http.method': method, endpoint: kind.name };
    let status: number;
    try {
      status = await server.request(method, kind.name, name);
    } catch (error) {
      actions.inc({ outcome: 'unanswered' });
      fail(span, `the server does not answer: ${messageOf(error)}`, fields);
      return false;
    }
    if (method === 'POST' && status === 201 && name !== undefined) names.remember(kind.name, name);
    if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR, message: `the server answered ${status}` });
    logger[status >= 500 ? 'error' : 'info'](`${method} ${kind.name}`, { ...fields, status });
    try {
      const at = new Date().toISOString();
      await queue.publish({ id: randomUUID(), body: { kind: kind.name, action: method, status, at } });
      actions.inc({ outcome: 'answered' });
    } catch (error) {
      actions.inc({ outcome: 'unpublished' });
      fail(span, `the queue does not accept messages: ${messageOf(error)}`, fields);
    }
    return true;
  }

  function pickRequest(kind: Kind): { method: Method; name?: string } {
    if (Math.random() < kind.deleteProbability) return { method: 'DELETE', name: names.recall(kind.name) };
    return Math.random() < 0.5 ? { method: 'GET' } : { method: 'POST', name: names.invent() };
  }

  function fail(span: Span, reason: string, fields: Record<string, string>): void {
    span.setStatus({ code: SpanStatusCode.ERROR, message: reason });
    logger.error(reason, fields);
  }

  return {
    act(previous) {
      const kind = vocabulary.kinds[Math.floor(Math.random() * vocabulary.kinds.length)]!;
      danger.add(kind.danger);
      const links = previous === undefined ? [] : [{ context: previous, attributes: { link: 'previous action' } }];
      return tracer.startActiveSpan(
        `request ${kind.name}`,
        { links },
        withKind(vocabulary, kind.name, ROOT_CONTEXT),
        async (span) => {
          try {
            const answered = await perform(span, kind);
            return { span: span.spanContext(), answered };
          } finally {
            span.end();
          }
        },
      );
    },
  };
}
