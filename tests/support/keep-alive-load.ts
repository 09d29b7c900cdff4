import { Agent, request } from 'node:http';
import type { RunningService } from './sandbox.ts';
import { traceparent } from './traceparent.ts';

/**
 * Loops of requests on keep-alive connections. A request counts as accepted by the server once any byte was sent on an open
 * connection; a refused connection does not count.
 */
export function startLoad(server: RunningService, loops: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: loops });
  const answered: string[] = [];
  const broken: string[] = [];
  let ended = false;

  async function loop(): Promise<void> {
    while (!ended) {
      const { traceId, header } = traceparent();
      const outcome = await new Promise<'answered' | 'refused' | string>((resolve) => {
        request(`${server.url}/unicorn`, { agent, headers: { traceparent: header } }, (response) => {
          response.resume().on('end', () => resolve('answered'));
          response.on('error', (error) => resolve(`in the answer: ${error.message}`));
        })
          .on('error', (error: NodeJS.ErrnoException) =>
            resolve(error.code === 'ECONNREFUSED' ? 'refused' : `${error.code}`),
          )
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
    },
  };
}
