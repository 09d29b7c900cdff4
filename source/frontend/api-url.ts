import { type StaticFile, staticFile } from '@mythical/ui/static-files.ts';

const INDEX = '/index.html';
/** Occurs once in index.html. */
const PLACEHOLDER = '%API_URL%';

/** Inserts the API's URL, the only thing that the page must know before its first request. */
export async function withApiUrl(files: Map<string, StaticFile>, apiUrl: string): Promise<Map<string, StaticFile>> {
  const html = files.get(INDEX)?.body.toString('utf8');
  if (html?.split(PLACEHOLDER).length !== 2) throw new Error(`${INDEX} must contain ${PLACEHOLDER} once`);
  const filled = await staticFile(INDEX, Buffer.from(html.replace(PLACEHOLDER, () => escapeAttribute(apiUrl))));
  return new Map(files).set(INDEX, filled);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
