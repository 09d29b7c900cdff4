import { gunzipSync } from 'node:zlib';
import { type Served, serve } from './serve.ts';

/** Records the profiles that services push, as Pyroscope gets them, and passes them on to another receiver. */
export type ProfileTap = Served & { strings(): string[] };

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);

export async function startProfileTap(target: string): Promise<ProfileTap> {
  const seen = new Set<string>();
  const served = await serve(async (request, response) => {
    const body = Buffer.concat(await request.toArray());
    const at = body.indexOf(GZIP);
    const profile = at === -1 ? body : gunzipSync(body.subarray(at), { finishFlush: 2 });
    // All its texts are in one table of strings.
    for (const text of profile.toString('latin1').match(/[\x20-\x7e]{4,}/g) ?? []) seen.add(text);
    const { status } = await fetch(target + request.url, {
      method: 'POST',
      headers: { 'content-type': request.headers['content-type'] ?? '' },
      body,
    });
    response.writeHead(status).end();
  });
  return { ...served, strings: () => [...seen] };
}
