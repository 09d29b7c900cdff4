import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import { MIMIR } from './data-sources.ts';
import { SERIES } from './signals.ts';

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
