import { connectDatabase, databaseCheck } from '@mythical/common/database';
import type { AddRoutes } from '@mythical/common/http/app';
import { createDepthGauge } from '@mythical/common/queue/metrics';
import { openQueue } from '@mythical/common/queue/open';
import { serve } from '@mythical/common/service';
import { serviceConditions } from '@mythical/common/service-conditions';
import type { RecorderSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { slowWork } from './conditions.ts';
import { createMessageHandler } from './message-handler.ts';
import { addNotificationRoute } from './notification-route.ts';
import { createNotifications } from './notifications.ts';
import { createRecordRepository, startTrimming } from './record-repository.ts';

/** Records each message of the queue once, and logs alert notifications. */
export async function startRecorder(
  settings: RecorderSettings,
  telemetry: Telemetry,
  resources: AsyncDisposableStack,
): Promise<void> {
  const database = resources.use(await connectDatabase(settings, telemetry));
  const records = createRecordRepository(database);
  await records.create();
  resources.use(startTrimming(records, telemetry));

  const queue = resources.use(await openQueue(settings, telemetry));
  createDepthGauge(telemetry.metrics, queue);
  const conditions = resources.use(serviceConditions<'recorder'>(settings, telemetry, { 'slow-consumer': slowWork() }));
  const checks = { database: databaseCheck(database), queue: queue.check };
  const addRoutes: AddRoutes = (app) => addNotificationRoute(app, createNotifications(telemetry));
  resources.use(await serve({ checks, addRoutes, conditions }, telemetry, settings));
  await queue.consume(createMessageHandler(records, telemetry, { meetConditions: conditions?.meet }));
}
