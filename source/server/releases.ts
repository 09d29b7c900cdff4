/**
 * The server pretends that a new release is being rolled out: half of the requests are handled by version 1.9.2, half
 * by 2.0.0, and the new one fails far more often. So a comparison by `service.version` finds the culprit.
 */
export type Release = {
  /** The value of the span attribute `service.version`. */
  version: '1.9.2' | '2.0.0';
  /** The probability that a POST fails inside the database, 0 to 1: together, about 10 % do. */
  failureRate: number;
};

const OLD: Release = { version: '1.9.2', failureRate: 0.02 };
export const NEW: Release = { version: '2.0.0', failureRate: 0.18 };

export type Releases = {
  /** The release that handles the next request. */
  pick(): Release;
  /** Whether a POST handled by the release fails on purpose. */
  fails(release: Release): boolean;
};

export function createReleases({
  alwaysSucceed,
  random = Math.random,
}: {
  alwaysSucceed: boolean;
  random?: () => number;
}): Releases {
  return {
    pick: () => (random() < 0.5 ? OLD : NEW),
    fails: (release) => !alwaysSucceed && random() < release.failureRate,
  };
}

/** Whether a request is struck by the scenario `error-burst`: the new release in four of five cases, the old one in one of five. */
export function isStruck(release: Release, random: () => number = Math.random): boolean {
  return random() < (release === NEW ? 0.8 : 0.2);
}
