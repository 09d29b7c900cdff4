import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { gzip as gzipWithCallback } from 'node:zlib';

const gzip = promisify(gzipWithCallback);

/** A file in memory: there are few, and request paths never reach the disk. */
export type StaticFile = {
  body: Buffer;
  /** undefined if compression doesn't make it smaller. */
  gzipped: Buffer | undefined;
  /** With the dot. */
  extension: string;
  etag: string;
  cacheControl: string;
};

/** Names in this folder contain a hash of the content. */
const HASHED = '/assets/';
const FOREVER = 'public, max-age=31536000, immutable';
const REVALIDATE = 'no-cache';

/** The files of a folder, keyed by URL path. */
export async function loadFiles(folder: string): Promise<Map<string, StaticFile>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry): Promise<[string, StaticFile]> => {
        const file = join(entry.parentPath, entry.name);
        const path = file.slice(folder.length).split(sep).join('/');
        return [path, await staticFile(path, await readFile(file))];
      }),
  );
  return new Map(files);
}

export async function staticFile(path: string, body: Buffer): Promise<StaticFile> {
  const compressed = await gzip(body, { level: 9 });
  return {
    body,
    gzipped: compressed.length < body.length ? compressed : undefined,
    extension: extname(path),
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    cacheControl: path.startsWith(HASHED) ? FOREVER : REVALIDATE,
  };
}
