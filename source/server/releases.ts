/**
 * The server pretends to roll out a new release: 1.9.2 and 2.0.0 each handle half of the requests, and 2.0.0 fails far
 * more often, so that a comparison by `service.version` finds the culprit.
 */
export type Release = {
  /** The value of the span attribute `service.version`. */
  version: '1.9.2' | '2.0.0';
  /** The probability that a POST fails in the database, 0 to 1. Overall it is about 10 %. */
  failureRate: number;
};

const OLD: Release = { version: '1.9.2', failureRate: 0.02 };
export const NEW: Release = { version: '2.0.0', failureRate: 0.18 };

export type Releases = ReturnType<typeof createReleases>;

export function createReleases(alwaysSucceed: boolean, random: () => number = Math.random) {
  return {
    /** The release that handles the next request. */
    pick: (): Release => (random() < 0.5 ? OLD : NEW),
    /** Whether a POST handled by this release fails on purpose. */
    fails: (release: Release): boolean => !alwaysSucceed && random() < release.failureRate,
  };
}

/** Whether `error-burst` fails a request: 80 % of those to the new release, 20 % of those to the old one. */
export function failsInErrorBurst(release: Release, random: () => number = Math.random): boolean {
  return random() < (release === NEW ? 0.8 : 0.2);
}
