import { createCounter, METRIC_NAMES } from '@mythical/common/telemetry/metrics';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { z } from 'zod';

/**
 * The part of an Alertmanager webhook that is used here; Grafana's contact point sends a superset:
 * https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
export const notification = z.object({
  alerts: z
    .array(
      z.object({
        status: z.enum(['firing', 'resolved']),
        labels: z.record(z.string(), z.string()),
        annotations: z.record(z.string(), z.string()).default({}),
        startsAt: z.iso.datetime({ offset: true }),
        /** Identifies an alert across notifications. */
        fingerprint: z.string().max(64),
      }),
    )
    .max(100),
});

export type Notification = z.infer<typeof notification>;

const STATUSES = ['firing', 'resolved'] as const;
/** Severities of this sandbox's rules. Others count as `other`, because external values must not become labels. */
const SEVERITIES = ['page', 'ticket', 'other'] as const;

/** Maximum length of a log field. */
const MAX_LENGTH = 300;

/**
 * The receiver of alert notifications. Instead of a pager, it has a log: one line per alert that fires or resolves,
 * which Grafana shows as annotations.
 */
export function createNotifications({ logger, metrics }: Pick<Telemetry, 'logger' | 'metrics'>) {
  const counter = createCounter(metrics, {
    name: METRIC_NAMES.notifications,
    help: 'Alert notifications received, by status (firing, resolved) and severity',
    labelNames: ['status', 'severity'],
  });
  // Start at 0, so that the first notification is an increase.
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
