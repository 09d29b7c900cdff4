import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { LOKI, MIMIR } from '../queries/data-sources.ts';
import { RECORDER, SERIES } from '../queries/signals.ts';

/** On every graph of every dashboard: which fault was switched on, and when. What follows it is its trail. */
export const SCENARIO_ANNOTATION = new AnnotationQueryBuilder()
  .name('Scenarios')
  .datasource(MIMIR)
  .enable(true)
  .iconColor('orange')
  .expr(`${SERIES.scenarioActive} == 1`)
  .step('5s')
  .titleFormat('Scenario {{scenario}}')
  .textFormat('Somebody switched this fault on')
  .tagKeys('scenario');

/** What was notified, from the log of the service that notifications go to: a line where an alert began or ended. */
export const ALERT_ANNOTATION = new AnnotationQueryBuilder()
  .name('Alerts')
  .datasource(LOKI)
  .enable(true)
  .iconColor('red')
  .expr(`{service_name="${RECORDER}"} |= "msg=\\"alert " | logfmt alertname, status, severity, summary`)
  .titleFormat('{{alertname}} {{status}}')
  .textFormat('{{summary}}')
  .tagKeys('severity,status');
