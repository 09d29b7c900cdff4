import { splitCredentials } from '@mythical/common/url-credentials';

export type Method = 'GET' | 'POST' | 'DELETE';

export type ServerClient = ReturnType<typeof createServerClient>;

const TIMEOUT_MS = 10_000;

export function createServerClient(baseUrl: string) {
  const { url, headers } = splitCredentials(baseUrl);
  const base = url.replace(/\/+$/, '');
  return {
    /** @returns the response's status, whatever it is @throws if there is no response */
    async request(method: Method, kind: string, name?: string): Promise<number> {
      const response = await fetch(`${base}/${kind}`, {
        method,
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers,
        ...(name !== undefined && {
          headers: { ...headers, 'content-type': 'application/json' },
          body: JSON.stringify({ name }),
        }),
      });
      // Read to the end, so that the connection can be reused.
      await response.arrayBuffer();
      return response.status;
    },
  };
}
