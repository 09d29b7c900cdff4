import { createCounter, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { z } from 'zod';

/**
 * What an Alertmanager posts to a webhook, as far as it is used here; Grafana's contact point posts the same with more
 * beside it. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const notification = z.object({
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.iso.datetime({ offset: true }),
        /** The same for all notifications of one alert. */
        fingerprint: z.string().max(64),
      }),
    )
    .max(100),
});

export type Notification = z.infer<typeof notification>;

const STATUSES = ['firing', 'resolved'] as const;
/** What rules of this sandbox say. Any other is counted as `other`: a value from outside never becomes a label. */
const SEVERITIES = ['page', 'ticket', 'other'] as const;

/** Of a text in a log line. */
const MAX_LENGTH = 300;

/**
 * The end of the way of an alert. Where people have a pager, this has a log: one line for each alert that begins or ends,
 * which Loki keeps, and Grafana draws on its graphs.
 */
export function createNotifications({ logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>) {
  const counter = createCounter(metrics, {
    name: METRIC_NAMES.notifications,
    help: 'Notifications of alerts that arrived, by status (firing, resolved) and severity',
    labelNames: ['status', 'severity'],
  });
  // From the beginning on, so that the first one is an increase.
  for (const status of STATUSES) for (const severity of SEVERITIES) counter.inc({ status, severity }, 0);

  return {
    write({ alerts }: Notification): void {
      for (const { status, labels, annotations, startsAt, fingerprint } of alerts) {
        const severity = SEVERITIES.find((known) => known === labels.severity) ?? 'other';
        counter.inc({ status, severity });
        logger[status === 'firing' ? 'warn' : 'info'](`alert ${status}`, {
          alertname: shorten(labels.alertname),
          status,
          severity,
          summary: shorten(annotations.summary),
          since: startsAt,
          fingerprint,
        });
      }
    },
  };
}

export type Notifications = ReturnType<typeof createNotifications>;

const shorten = (text: string | undefined) => text?.slice(0, MAX_LENGTH);
