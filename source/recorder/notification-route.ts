import { HttpProblem, methodNotAllowed } from '@mythical/common/http/problem';
import express, { type Express } from 'express';
import { type Notifications, notification } from './notifications.ts';

/** Alertmanager sends at most 50 alerts at once: mimir/alertmanager.yaml. */
const MAX_BODY = '512kb';

/** `POST /notifications`, for an Alertmanager's webhook. */
export function addNotificationRoute(app: Express, notifications: Notifications): void {
  app
    .route('/notifications')
    .post(express.json({ limit: MAX_BODY }), (request, response) => {
      if (request.body === undefined) throw new HttpProblem(400, 'a JSON body is needed: what an Alertmanager posts');
      notifications.write(notification.parse(request.body));
      response.status(204).end();
    })
    .all(methodNotAllowed('POST'));
}
