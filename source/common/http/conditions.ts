import { promisify } from 'node:util';
import express, { type RequestHandler } from 'express';
import { z } from 'zod';
import { type Conditions, MAX_SECONDS } from '../conditions.ts';

const seconds = z.number().min(0).max(MAX_SECONDS);
const parseBody = promisify(express.json());

/** `PUT` activates a condition, and responds with its times by this service's clock. */
export function startCondition<Name extends string>(
  conditions: Pick<Conditions<never, Name>, 'names' | 'start'>,
): RequestHandler {
  const body = z.object({
    name: z.enum(conditions.names as [Name, ...Name[]]),
    seconds: seconds.min(1),
    after: seconds.default(0),
    variant: z.int().default(0),
  });
  return async (request, response) => {
    await parseBody(request, response);
    const { name, ...times } = body.parse(request.body ?? {});
    response.json(conditions.start(name as Name, times));
  };
}

/** `DELETE` stops all active and scheduled conditions. */
export function stopConditions({ names, stop }: Pick<Conditions<never>, 'names' | 'stop'>): RequestHandler {
  return (_request, response) => {
    for (const name of names) stop(name);
    response.status(204).end();
  };
}
