import { parseArgs } from 'node:util';
import { KINDS, type Kind } from './items.ts';
import type { Options } from './push.ts';

export const USAGE = `Usage: npm run push -- ${KINDS.join('|')} [options]
  sends one item over OTLP (a profile: over Pyroscope's API), reads it back, and reports where it got lost.

  --endpoint URL                 the receiver; default: the port of npm start or docker compose on localhost
  --protocol PROTOCOL            grpc or http/protobuf (default)
  --header NAME=VALUE            for the endpoint; repeatable: --header "authorization=Basic …"
  --backend URL                  where to read it: lens, Loki, Tempo, Pyroscope, or for metrics the part before
                                 /api/v1/query; default: npm start or docker compose on the endpoint's host
  --backend-header NAME=VALUE    for the backend; repeatable
  --wait SECONDS                 how long to wait for it; default: 30`;

export class UsageError extends Error {}

/**
 * @returns undefined if help is asked for
 * @throws {UsageError}
 */
export function parseOptions(args: string[]): Options | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const [kind, ...others] = positionals;
  const { protocol, endpoint, backend } = values;
  if (!isKind(kind) || others.length > 0) throw new UsageError(`expected one of ${KINDS.join(', ')}`);
  if (protocol !== 'grpc' && protocol !== 'http/protobuf')
    throw new UsageError('expected --protocol grpc or http/protobuf');
  if (kind === 'profile' && protocol === 'grpc') throw new UsageError('profiles use Pyroscope’s API, over HTTP');
  for (const url of [endpoint, backend]) if (url !== undefined) checkUrl(url);
  if (!/^\d+$/.test(values.wait)) throw new UsageError('expected --wait with a whole number of seconds');
  return {
    kind,
    protocol,
    endpoint,
    backend,
    headers: pairs(values.header),
    backendHeaders: pairs(values['backend-header']),
    waitMs: Number(values.wait) * 1000,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        endpoint: { type: 'string' },
        protocol: { type: 'string', default: 'http/protobuf' },
        header: { type: 'string', multiple: true, default: [] },
        backend: { type: 'string' },
        'backend-header': { type: 'string', multiple: true, default: [] },
        wait: { type: 'string', default: '30' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function isKind(word: string | undefined): word is Kind {
  return (KINDS as readonly (string | undefined)[]).includes(word);
}

function checkUrl(url: string): void {
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url))
    throw new UsageError(`expected a URL with http:// or https://, not ${url}`);
}

function pairs(headers: string[]): Record<string, string> {
  return Object.fromEntries(
    headers.map((header) => {
      const [, name, value = ''] = /^([\w-]+)[=:]\s*(.+)$/.exec(header) ?? [];
      if (name === undefined) throw new UsageError('expected a header as NAME=VALUE');
      return [name.toLowerCase(), value];
    }),
  );
}
