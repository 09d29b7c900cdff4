import { z } from 'zod';
import type { ProfileRow } from '../store/schema.ts';
import { now } from './otlp-values.ts';
import { PayloadError } from './payload.ts';
import { decodePprof, profileRows } from './pprof.ts';

const query = z.object({
  name: z.string().min(1),
  format: z.string().optional(),
  until: z
    .string()
    .regex(/^\d{1,19}$/)
    .optional(),
});

/**
 * Decodes a push from @pyroscope/nodejs, whose body is a gzipped pprof profile. Older clients send the profile as the
 * form field `profile`: https://grafana.com/docs/pyroscope/latest/reference-server-api/#post-ingest
 *
 * @throws {PayloadError}
 */
export async function pyroscopeRows(
  queryString: unknown,
  body: Buffer<ArrayBuffer>,
  contentType: string,
): Promise<ProfileRow[]> {
  const given = query.safeParse(queryString);
  if (!given.success) throw new PayloadError(`not a Pyroscope push: ${z.prettifyError(given.error)}`);
  const isForm = contentType.startsWith('multipart/form-data');
  if (given.data.format !== undefined && given.data.format !== 'pprof') {
    throw new PayloadError(`the profile format ${given.data.format} is not supported, only pprof`);
  }
  const profile = decodePprof(isForm ? await profilePart(body, contentType) : body);
  const { service, labels } = parseApplicationName(given.data.name);
  return profileRows(profile, { service, labels, time: endTime(given.data.until) });
}

/** Splits `mythical-server{version=1.0.0,region=eu}`. Tags that start with `__` are Pyroscope's own. */
export function parseApplicationName(name: string): { service: string; labels: Record<string, string> } {
  const [, service = name, tags = ''] = /^([^{]*)\{(.*)\}$/s.exec(name) ?? [];
  const labels: Record<string, string> = {};
  for (const tag of tags.split(',')) {
    const separator = tag.indexOf('=');
    const key = tag.slice(0, Math.max(0, separator)).trim();
    if (key !== '' && !key.startsWith('__')) labels[key] = tag.slice(separator + 1).trim();
  }
  return { service: labels.service_name || service.trim() || 'unknown_service', labels };
}

async function profilePart(body: Buffer<ArrayBuffer>, contentType: string): Promise<Uint8Array> {
  const form = await new Response(body, { headers: { 'content-type': contentType } }).formData().catch(() => undefined);
  const part = form?.get('profile');
  if (!(part instanceof Blob)) throw new PayloadError('not a form with a file `profile`');
  return new Uint8Array(await part.arrayBuffer());
}

/** Pyroscope accepts seconds and finer units, told apart by the number of digits. @returns microseconds */
function endTime(until: string | undefined): bigint {
  if (until === undefined) return now();
  const digits = until.length;
  const value = BigInt(until);
  if (digits <= 10) return value * 1_000_000n;
  if (digits <= 13) return value * 1000n;
  return digits <= 16 ? value : value / 1000n;
}
