import { createConnectionBanner } from './connection.ts';
import { createHeader } from './header.ts';
import { watchReachability } from './lib/api.ts';
import { redrawCharts } from './lib/chart.ts';
import { startRefreshing } from './refresh.ts';
import { startRouter } from './router.ts';
import { createFlameView } from './views/flame.ts';
import { createLogsView } from './views/logs.ts';
import { createRedView } from './views/red.ts';
import { createSqlView } from './views/sql.ts';
import { createTraceView } from './views/trace.ts';
import { createTracesView } from './views/traces.ts';

const main = document.createElement('main');
main.id = 'main';

const router = startRouter(main, {
  red: createRedView,
  traces: createTracesView,
  trace: createTraceView,
  logs: createLogsView,
  flame: createFlameView,
  sql: createSqlView,
});
const header = createHeader({
  onRange: router.setRange,
  onTheme: redrawCharts,
  onRefresh: () => refreshing.now(),
  onAutoRefresh: (on) => refreshing.setAutomatic(on),
});
router.onChange(header.showRoute);
router.useServices(header.services);

const banner = createConnectionBanner({ retry: () => refreshing.now() });
watchReachability(banner.show);

document.body.append(header.element, banner.element, main);

const refreshing = startRefreshing(() => Promise.all([header.refresh(), router.refresh()]));
refreshing.setAutomatic(header.isAutoRefresh());
router.start();
