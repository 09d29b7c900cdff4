/** Tracks running work, so that a shutdown can wait for it. */
export function createInFlight() {
  const running = new Set<Promise<unknown>>();
  return {
    get size() {
      return running.size;
    },
    track<T>(work: Promise<T>): Promise<T> {
      running.add(work);
      const forget = () => running.delete(work);
      work.then(forget, forget);
      return work;
    },
    /** Resolves when any running work ends, or immediately if there is none. */
    async next(): Promise<void> {
      if (running.size > 0) await Promise.race(running).catch(() => {});
    },
    async idle(): Promise<void> {
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}
