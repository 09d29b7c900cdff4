export type Method = 'GET' | 'POST' | 'DELETE';

export type ServerClient = {
  /**
   * @returns the status of the answer, whatever it is
   * @throws when there is no answer
   */
  request(method: Method, kind: string, name?: string): Promise<number>;
};

const TIMEOUT_MS = 10_000;

export function createServerClient(baseUrl: string): ServerClient {
  return {
    async request(method, kind, name) {
      const response = await fetch(new URL(`/${kind}`, baseUrl), {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        ...(name !== undefined && {
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ name }),
        }),
      });
      // Read to the end, so that the connection can be used again.
      await response.arrayBuffer();
      return response.status;
    },
  };
}
