import { unescape as decodePercent } from 'node:querystring';

/**
 * fetch() refuses a URL that has a user and a password in it, and repeats it in its error. So they go into a header, and
 * the URL that is left may be shown.
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
