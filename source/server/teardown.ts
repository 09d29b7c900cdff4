import { messageOf } from '@mythical/common/error-message';
import { HttpProblem } from '@mythical/common/http/problem';
import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { RequestHandler } from 'express';
import type { BeastRepository } from './beast-repository.ts';

/** Drops and recreates all data on a schedule, so that the sandbox never fills the disk. */
export type Teardown = {
  /** Responds 503 with `Retry-After` while the data is being recreated. */
  guard: RequestHandler;
  [Symbol.asyncDispose](): Promise<void>;
};

const RETRY_AFTER_SECONDS = 5;

export function startTeardown(
  repository: Pick<BeastRepository, 'recreate'>,
  settings: Pick<ServerSettings, 'MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT'>,
  { logger }: Pick<Telemetry, 'logger'>,
): Teardown {
  let running: Promise<void> | undefined;

  async function teardown(): Promise<void> {
    logger.warn('dropping all beasts and recreating their table');
    try {
      await repository.recreate();
      logger.info('recreated the table');
    } catch (error) {
      logger.error(`failed to recreate the table: ${messageOf(error)}`);
    }
  }

  const timer = setInterval(() => {
    running ??= teardown().finally(() => {
      running = undefined;
    });
  }, settings.MYTHICAL_SERVER_DATABASE_TEARDOWN_TIMEOUT);

  return {
    guard: (_request, _response, next) => {
      if (running === undefined) return next();
      throw new HttpProblem(503, 'all data is being recreated; try again in a few seconds', {
        'Retry-After': String(RETRY_AFTER_SECONDS),
      });
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}
