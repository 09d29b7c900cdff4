import { createApp } from '@mythical/common/http/app';
import { addNotificationRoute } from '../../source/recorder/notification-route.ts';
import { createNotifications } from '../../source/recorder/notifications.ts';
import { type Served, serve } from './serve.ts';
import type { TestTelemetry } from './telemetry.ts';

/** The part of the recorder that receives alert notifications. */
export function startNotified(telemetry: TestTelemetry): Promise<Served> {
  const notifications = createNotifications(telemetry);
  const readiness = { checks: {}, stopping: false };
  return serve(createApp(telemetry, readiness, (app) => addNotificationRoute(app, notifications)));
}
