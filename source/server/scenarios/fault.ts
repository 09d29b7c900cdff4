import type { ServerSettings } from '@mythical/common/settings';
import type { Telemetry } from '@mythical/common/telemetry/start';
import type { BeastRepository } from '../beast-repository.ts';
import type { Release } from '../releases.ts';

/** What a scenario does while it is on. Each one is a file in this folder. */
export type Fault = {
  start?(): void;
  stop?(): void;
  /** Runs before each request to `/:beast`. Whatever it throws becomes the response. */
  onRequest?(release: Release): void | Promise<void>;
  /** Releases what `start` opened. */
  [Symbol.asyncDispose]?(): Promise<void>;
};

export type FaultContext = {
  settings: ServerSettings;
  telemetry: Telemetry;
  repository: Pick<BeastRepository, 'sleep'>;
};
