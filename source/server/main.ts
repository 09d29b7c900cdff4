import { loadConfig } from '@mythical/common/config';
import { runProcess } from '@mythical/common/lifecycle';
import { SERVICES } from '@mythical/common/services';
import { serverSettings } from '@mythical/common/settings';
import { startTelemetry } from '@mythical/common/telemetry/start';

await runProcess(async (resources) => {
  const settings = loadConfig(serverSettings);
  const telemetry = resources.use(startTelemetry(SERVICES.server.name, settings));
  // Imported after the start of telemetry, so that express and pg are instrumented.
  const { startServer } = await import('./server.ts');
  await startServer(settings, telemetry, resources);
});
