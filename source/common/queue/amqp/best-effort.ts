import { withTimeout } from '../../timeout.ts';

/** Time limit of each step of disconnecting, in ms. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Waits briefly for a broker that may never respond; the end of the connection has the same effect. */
export async function bestEffort(request: Promise<unknown>): Promise<void> {
  await withTimeout(
    request.catch(() => {}),
    CLOSE_TIMEOUT_MS,
  );
}
