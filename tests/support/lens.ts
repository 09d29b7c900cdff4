import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { IN_MEMORY, type Lens, type LensConfig, startLens } from '../../source/lens/lens.ts';
import { rowsOf } from './sandbox.ts';

export type Row = Record<string, unknown>;

/** An in-memory lens for the tests of the calling `describe`. */
export function useLens(overrides: Partial<LensConfig> = {}) {
  let lens: Lens;
  before(async () => {
    lens = await startLens({ ...IN_MEMORY, ...overrides }, assert.fail);
  });
  after(() => lens[Symbol.asyncDispose]());

  const rows = async (sql: string) => rowsOf<Row>(await lens.query(sql));

  return {
    get url() {
      return lens.url;
    },
    get lens() {
      return lens;
    },
    rows,
    /** The single row of a query's result. */
    async row(sql: string): Promise<Row> {
      const found = await rows(sql);
      assert.equal(found.length, 1, `${found.length} rows for ${sql}`);
      return found[0]!;
    },
    /** lens's own metrics. */
    metrics: async () => (await fetch(`${lens.url}/metrics`)).text(),
    /** Sends JSON, or bytes or text of the type given. */
    post: (path: string, body: unknown, contentType = 'application/json') =>
      fetch(lens.url + path, {
        method: 'POST',
        headers: { 'content-type': contentType },
        body:
          typeof body === 'string' || body instanceof Uint8Array ? (body as Buffer<ArrayBuffer>) : JSON.stringify(body),
      }),
  };
}

/** The `detail` of problem details. */
export async function detailOf(response: Response): Promise<string> {
  return ((await response.json()) as { detail: string }).detail;
}
