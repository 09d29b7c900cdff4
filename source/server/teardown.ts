import { HttpProblem } from '@mythical/common/http/problem';
import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { RequestHandler } from 'express';
import type { BeastRepository } from './beast-repository.ts';

/** Drops and recreates all data on a schedule, so that the sandbox never fills the disk. */
export type Teardown = {
  /** Answers 503 with `Retry-After` while the data is away. */
  guard: RequestHandler;
  [Symbol.asyncDispose](): Promise<void>;
};

const RETRY_AFTER_SECONDS = 5;

export function startTeardown(
  repository: Pick<BeastRepository, 'recreate'>,
  settings: Pick<ServerSettings, 'MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT'>,
  { logger }: Pick<Telemetry, 'logger'>,
): Teardown {
  let underWay: Promise<void> | undefined;

  async function teardown(): Promise<void> {
    logger.warn('all beasts are dropped and the table is made anew');
    try {
      await repository.recreate();
      logger.info('the table was made anew');
    } catch (error) {
      logger.error(`the table could not be made anew: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const timer = setInterval(() => {
    underWay ??= teardown().finally(() => {
      underWay = undefined;
    });
  }, settings.MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT);

  return {
    guard: (_request, _response, next) => {
      if (underWay === undefined) return next();
      throw new HttpProblem(503, 'all data is just being dropped and made anew; try again in some seconds', {
        'Retry-After': String(RETRY_AFTER_SECONDS),
      });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await underWay;
    },
  };
}
