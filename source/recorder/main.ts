import { loadConfig } from '@mythical/common/config';
import { runProcess } from '@mythical/common/lifecycle';
import { SERVICES } from '@mythical/common/services';
import { recorderSettings } from '@mythical/common/settings';
import { startTelemetry } from '@mythical/common/telemetry/start';

await runProcess(async (resources) => {
  const settings = loadConfig(recorderSettings);
  const telemetry = resources.use(startTelemetry(SERVICES.recorder.name, settings));
  // Imported after the start of telemetry, so that express, pg and amqplib are instrumented.
  const { startRecorder } = await import('./recorder.ts');
  await startRecorder(settings, telemetry, resources);
});
