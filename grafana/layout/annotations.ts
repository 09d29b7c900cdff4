import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, MIMIR } from '../queries/data-sources.ts';
import { RECORDER, SERIES } from '../queries/signals.ts';

/** A region on every graph of every dashboard: which fault was on, and when. */
export const SCENARIO_ANNOTATION = new AnnotationQueryBuilder()
  .name('Scenarios')
  .datasource(MIMIR)
  .enable(true)
  .iconColor('orange')
  .expr(`${SERIES.scenarioActive} == 1`)
  .step('5s')
  .titleFormat('Scenario {{scenario}}')
  .textFormat('This fault was switched on')
  .tagKeys('scenario');

/**
 * A mark where an alert started or ended, from the log of the service that receives notifications. A busy quarter of an hour
 * has dozens, which hide the data, so by default only dashboards about alerts show them; elsewhere, it takes one click.
 */
export const alertAnnotation = ({ enabled }: { enabled: boolean }) =>
  new AnnotationQueryBuilder()
    .name('Alerts')
    .datasource(LOKI)
    .enable(enabled)
    .iconColor('red')
    .expr(`{service_name="${RECORDER}"} |= "msg=\\"alert " | logfmt alertname, status, severity, summary`)
    .titleFormat('{{alertname}} {{status}}')
    .textFormat('{{summary}}')
    .tagKeys('severity,status');
