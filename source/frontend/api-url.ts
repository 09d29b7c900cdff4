import { type StaticFile, staticFile } from '@mythical/ui/static-files.ts';

const INDEX = '/index.html';
/** In index.html, once. */
const PLACEHOLDER = '%API_URL%';

/** The files with the one thing that the page has to know before it can ask: where the API is. */
export async function withApiUrl(files: Map<string, StaticFile>, apiUrl: string): Promise<Map<string, StaticFile>> {
  const html = files.get(INDEX)?.body.toString('utf8');
  if (html?.split(PLACEHOLDER).length !== 2) throw new Error(`${INDEX} has to contain ${PLACEHOLDER} once`);
  const filled = await staticFile(INDEX, Buffer.from(html.replace(PLACEHOLDER, () => escapeAttribute(apiUrl))));
  return new Map(files).set(INDEX, filled);
}

function escapeAttribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
