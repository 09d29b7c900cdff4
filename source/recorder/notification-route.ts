import { HttpProblem, methodNotAllowed } from '@mythical/common/http/problem';
import express, { type Express } from 'express';
import { type Notifications, notification } from './notifications.ts';

/** alertmanager.yaml limits a notification to 50 alerts. */
const MAX_BODY = '512kb';

/** `POST /notifications`, for an Alertmanager's webhook. */
export function addNotificationRoute(app: Express, notifications: Notifications): void {
  app
    .route('/notifications')
    .post(express.json({ limit: MAX_BODY }), (request, response) => {
      if (request.body === undefined)
        throw new HttpProblem(400, 'expected a JSON body in the format of Alertmanager webhooks');
      notifications.write(notification.parse(request.body));
      response.status(204).end();
    })
    .all(methodNotAllowed('POST'));
}
