import { parseArgs } from 'node:util';

// Takes the documentation's pictures, with Chromium:
//   npm run screenshots                                       of the control room
//   npm run screenshots -- --grafana http://localhost:3000    of a running Grafana: dashboards, a trace and its flame graph
const { values } = parseArgs({ options: { grafana: { type: 'string' } } });
if (values.grafana === undefined) await import('./control-room.ts');
else await (await import('./grafana.ts')).takePictures(values.grafana);
