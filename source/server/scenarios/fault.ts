import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { BeastRepository } from '../beast-repository.ts';
import type { Release } from '../releases.ts';

/** What a scenario does while it is on. Each one is a file in this folder. */
export type Fault = {
  start?(): void;
  stop?(): void;
  /** Runs before a request to `/:beast` is handled; what it throws becomes the answer. */
  onRequest?(release: Release): void | Promise<void>;
  /** Ends what `start` began. */
  [Symbol.asyncDispose]?(): Promise<void>;
};

export type FaultContext = {
  settings: ServerSettings;
  telemetry: Telemetry;
  repository: Pick<BeastRepository, 'sleep'>;
};
