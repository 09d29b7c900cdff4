import { Agent, request } from 'node:http';
import type { RunningService } from './sandbox.ts';
import { traceparent } from './traceparent.ts';

/**
 * A stopping server waits 300 ms for requests on open connections. A client that has just had to wait for its turn on a busy
 * machine can only find the connection closed, as any client of a keep-alive connection may.
 */
const TOO_LONG_MS = 150;
const JUST_MS = 1_000;

/**
 * Loops of requests on keep-alive connections. A request counts as accepted by the server once any byte was sent on an open
 * connection; a refused connection does not count.
 */
export function startLoad(server: RunningService, loops: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: loops });
  const answered: string[] = [];
  const broken: string[] = [];
  let ended = false;
  const pauses = watchPauses();

  async function loop(): Promise<void> {
    while (!ended) {
      const { traceId, header } = traceparent();
      const outcome = await new Promise<'answered' | 'refused' | string>((resolve) => {
        const asked = request(`${server.url}/unicorn`, { agent, headers: { traceparent: header } }, (response) => {
          response.resume().on('end', () => resolve('answered'));
          response.on('error', (error) => resolve(`in the answer: ${error.message}`));
        })
          .on('error', ({ code }: NodeJS.ErrnoException) => {
            const late = code === 'ECONNRESET' && asked.reusedSocket && pauses.hadOne();
            resolve(code === 'ECONNREFUSED' || late ? 'refused' : String(code));
          })
          .end();
      });
      if (outcome === 'refused') return;
      if (outcome === 'answered') answered.push(traceId);
      else broken.push(outcome);
    }
  }

  const running = Promise.all(Array.from({ length: loops }, loop));
  return {
    answered,
    broken,
    /** When every loop's connection has been refused. */
    ended: running,
    async [Symbol.asyncDispose]() {
      ended = true;
      await running;
      agent.destroy();
      pauses[Symbol.dispose]();
    },
  };
}

/** Notices when this process has to wait for its turn. */
function watchPauses(): Disposable & { hadOne(): boolean } {
  let last = performance.now();
  let pausedAt = Number.NEGATIVE_INFINITY;
  const hadOne = () => {
    const now = performance.now();
    if (now - last > TOO_LONG_MS) pausedAt = now;
    last = now;
    return now - pausedAt < JUST_MS;
  };
  const timer = setInterval(hadOne, 10);
  return { hadOne, [Symbol.dispose]: () => clearInterval(timer) };
}
