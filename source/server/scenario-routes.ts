import { MAX_SECONDS } from '@mythical/common/conditions';
import { methodNotAllowed } from '@mythical/common/http/problem';
import { SCENARIO_NAMES } from '@mythical/common/scenarios';
import express, { type Express } from 'express';
import { z } from 'zod';
import type { Scenarios } from './scenarios.ts';

const startBody = z.object({
  name: z.enum(SCENARIO_NAMES),
  /** How long the scenario runs. */
  seconds: z.number().min(1).max(MAX_SECONDS).default(60),
});

/** Without a name, stops all scenarios. */
const stopBody = z.object({ name: z.enum(SCENARIO_NAMES).optional() }).default({});

/** `GET`, `POST` and `DELETE /scenarios`. */
export function addScenarioRoutes(app: Express, scenarios: Scenarios): void {
  app
    .route('/scenarios')
    .all(express.json())
    .get((_request, response) => {
      response.json(scenarios.list());
    })
    .post((request, response) => {
      const { name, seconds } = startBody.parse(request.body ?? {});
      response.status(201).json(scenarios.start(name, seconds));
    })
    .delete((request, response) => {
      const { name } = stopBody.parse(request.body);
      for (const each of name === undefined ? SCENARIO_NAMES : [name]) scenarios.stop(each);
      response.status(204).end();
    })
    .all(methodNotAllowed('GET', 'HEAD', 'POST', 'DELETE'));
}
