import { explain, type Verdict } from './explain.ts';
import { type Endpoints, FIELDS, fieldOf, SIGNALS, type Signal } from './fields.ts';
import { withScheme } from './for-alloy.ts';
import { findProblems, type Problem } from './problems.ts';
import type { ReadEndpoints } from './read-endpoints.ts';
import { logsSample } from './samples/logs.ts';
import { metricsSample } from './samples/metrics.ts';
import { profilesSample } from './samples/profiles.ts';
import type { Sample } from './samples/sample.ts';
import { tracesSample } from './samples/traces.ts';
import { send } from './send.ts';

export type Report = {
  problems: Problem[];
  /** One of each signal; none while there are problems. */
  verdicts: { signal: Signal; verdict: Verdict }[];
};

const SAMPLES: Record<Signal, (now: Date) => Sample> = {
  metrics: metricsSample,
  logs: logsSample,
  traces: tracesSample,
  profiles: profilesSample,
};

/** First what can be seen in the values; then, where that is well, what the endpoints say to one sample of each signal. */
export async function check({ endpoints, places, problems }: ReadEndpoints): Promise<Report> {
  const inFile = new Set(problems.map(({ where }) => where));
  // A file that can't be read has said enough; so has a field.
  const found = problems.some(({ where }) => !where.includes(' in '))
    ? []
    : findProblems(endpoints, places).filter(({ where }) => !inFile.has(where));
  const all = [...problems, ...found];
  if (all.length > 0) return { problems: all, verdicts: [] };
  const verdicts = await Promise.all(
    SIGNALS.map(async (signal) => ({ signal, verdict: await ask(signal, endpoints) })),
  );
  return { problems: [], verdicts };
}

async function ask(signal: Signal, endpoints: Endpoints): Promise<Verdict> {
  const url = withScheme(endpoints[fieldOf(signal, 'url')!.name]);
  const target = { signal, url, authorization: `Basic ${basicToken(signal, endpoints)}` };
  const verdict = explain(signal, await send(target, SAMPLES[signal](new Date())));
  return { ...verdict, answered: oneLine(withoutSecrets(verdict.answered, endpoints)) };
}

function basicToken(signal: Signal, endpoints: Endpoints): string {
  const encoded = fieldOf(signal, 'base64');
  if (encoded) return endpoints[encoded.name];
  const [username, password] = [fieldOf(signal, 'username')!, fieldOf(signal, 'password')!];
  return Buffer.from(`${endpoints[username.name]}:${endpoints[password.name]}`).toString('base64');
}

/** An endpoint, or a proxy before it, might repeat what it was sent. */
function withoutSecrets(text: string, endpoints: Endpoints): string {
  const secrets = FIELDS.filter(({ kind }) => kind === 'password' || kind === 'base64').map(
    ({ name }) => endpoints[name],
  );
  const tokens = SIGNALS.map((signal) => basicToken(signal, endpoints));
  const decoded = Buffer.from(endpoints.tracesBase64AuthToken, 'base64').toString();
  return [...secrets, ...tokens, decoded.slice(decoded.indexOf(':') + 1)].reduce(
    (text, secret) => text.replaceAll(secret, '(hidden)'),
    text,
  );
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
