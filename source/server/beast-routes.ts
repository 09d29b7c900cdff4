import { HttpProblem, methodNotAllowed } from '@mythical/common/http/problem';
import { requestObserver } from '@mythical/common/http/request-observer';
import { storableText } from '@mythical/common/storable-text';
import type { Telemetry } from '@mythical/common/telemetry/start';
import { findKind } from '@mythical/common/vocabulary';
import { trace } from '@opentelemetry/api';
import express, { type Express, type Request, type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { type BeastRepository, DuplicateBeastError } from './beast-repository.ts';
import type { Meeting } from './conditions/condition.ts';
import type { Release, Releases } from './releases.ts';
import type { Teardown } from './teardown.ts';

const MAX_NAME_LENGTH = 255;
const MAX_BODY = '64kb';

const beastBody = z.object({ name: z.string().trim().pipe(storableText(MAX_NAME_LENGTH).min(1)) });

const listQuery = z.object({
  limit: z
    .string()
    .regex(/^\d+$/, 'expected a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(1000))
    .default(100),
  after: storableText(MAX_NAME_LENGTH).optional(),
});

export type BeastRoutesOptions = {
  repository: BeastRepository;
  /** Applies the active faults to a request. */
  meetConditions: (meeting: Meeting) => Promise<void>;
  releases: Releases;
  teardown: Teardown;
  telemetry: Telemetry;
};

/** `GET`, `POST` and `DELETE /:beast`. */
export function addBeastRoutes(app: Express, options: BeastRoutesOptions): void {
  const { repository, meetConditions, releases, teardown, telemetry } = options;
  const { vocabulary } = telemetry.identity;

  const onlyKnownKinds: RequestHandler<{ beast: string }> = (request, _response, next) => {
    if (findKind(vocabulary, request.params.beast)) return next();
    const kinds = vocabulary.kinds.map((kind) => kind.name).join(', ');
    throw new HttpProblem(404, `unknown kind; the kinds are ${kinds}`);
  };

  const pickRelease: RequestHandler = (_request, response, next) => {
    const release = releases.pick();
    response.locals.release = release;
    trace.getActiveSpan()?.setAttribute('service.version', release.version);
    next();
  };

  const meet: RequestHandler<{ beast: string }> = async ({ method, params }, response, next) => {
    await meetConditions({ release: releaseOf(response), method, kind: params.beast });
    next();
  };

  app.use(requestObserver(telemetry, (request) => request.path.split('/')[1] ?? ''));
  app
    .route('/:beast')
    .all(onlyKnownKinds, pickRelease, teardown.guard, meet)
    .get(async (request: Request<{ beast: string }>, response) => {
      const { limit, after } = listQuery.parse(request.query);
      const beasts = await repository.list(request.params.beast, { limit, after });
      const last = beasts.at(-1);
      if (last !== undefined && beasts.length === limit) {
        const next = new URLSearchParams({ limit: String(limit), after: last.name });
        response.set('Link', `<${request.path}?${next}>; rel="next"`);
      }
      response.json(beasts);
    })
    .post(express.json({ limit: MAX_BODY }), async (request: Request<{ beast: string }>, response) => {
      const { name } = parseBody(request);
      try {
        if (releases.fails(releaseOf(response))) await repository.addWithoutName(request.params.beast);
        else await repository.add(request.params.beast, name);
      } catch (error) {
        if (error instanceof DuplicateBeastError) throw new HttpProblem(409, error.message);
        throw error;
      }
      response.status(201).json({ name });
    })
    .delete(express.json({ limit: MAX_BODY }), async (request: Request<{ beast: string }>, response) => {
      const { name } = parseBody(request);
      await repository.remove(request.params.beast, name);
      response.status(204).end();
    })
    .all(methodNotAllowed('GET', 'HEAD', 'POST', 'DELETE'));
}

function parseBody(request: Request): z.infer<typeof beastBody> {
  if (request.body === undefined) {
    throw new HttpProblem(400, 'expected a JSON body, {"name": "…"}, with the header content-type: application/json');
  }
  return beastBody.parse(request.body);
}

function releaseOf(response: Response): Release {
  return response.locals.release as Release;
}
