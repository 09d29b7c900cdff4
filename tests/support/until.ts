export { until } from '../../source/launcher/until.ts';
