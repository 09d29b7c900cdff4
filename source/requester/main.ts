import { loadConfig } from '@mythical/common/config';
import { runProcess } from '@mythical/common/lifecycle';
import { SERVICES } from '@mythical/common/services';
import { requesterSettings } from '@mythical/common/settings';
import { startTelemetry } from '@mythical/common/telemetry/start';

await runProcess(async (resources) => {
  const settings = loadConfig(requesterSettings);
  const telemetry = resources.use(startTelemetry(SERVICES.requester.name, settings));
  // Imported after the start of telemetry, so that express, pg and amqplib are instrumented.
  const { startRequester } = await import('./requester.ts');
  await startRequester(settings, telemetry, resources);
});
