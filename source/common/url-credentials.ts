import { unescape as decodePercent } from 'node:querystring';

/**
 * Moves a URL's user and password into a header: fetch() rejects such a URL, and its error message would contain it.
 */
export function splitCredentials(url: string): { url: string; headers: Record<string, string> } {
  const plain = new URL(url);
  const { username, password } = plain;
  if (username === '' && password === '') return { url, headers: {} };
  plain.username = '';
  plain.password = '';
  const credentials = Buffer.from(`${decodePercent(username)}:${decodePercent(password)}`);
  return { url: plain.href, headers: { authorization: `Basic ${credentials.toString('base64')}` } };
}
