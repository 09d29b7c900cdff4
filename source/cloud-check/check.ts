import { explain, type Verdict } from './explain.ts';
import { type Endpoints, SECRET_FIELDS, SIGNALS, type Signal, valueFor } from './fields.ts';
import { withScheme } from './for-alloy.ts';
import { CLOUD_HINTS } from './hints.ts';
import { findProblems, type Problem } from './problems.ts';
import type { ReadEndpoints } from './read-endpoints.ts';
import { SAMPLES } from './samples.ts';
import { sendByGrpc, sendByHttp } from './send.ts';

export type Report = {
  warnings: string[];
  problems: Problem[];
  /** One per signal; empty if there are problems. */
  verdicts: { signal: Signal; verdict: Verdict }[];
};

/** Validates the values; if they are valid, sends one sample of each signal to the endpoints. */
export async function check(read: ReadEndpoints): Promise<Report> {
  const { endpoints, places, warnings } = read;
  const problems = read.problems.length > 0 ? read.problems : findProblems(endpoints, places);
  if (problems.length > 0) return { warnings, problems, verdicts: [] };
  const verdicts = await Promise.all(
    SIGNALS.map(async (signal) => ({ signal, verdict: await ask(signal, endpoints) })),
  );
  return { warnings, problems, verdicts };
}

async function ask(signal: Signal, endpoints: Endpoints): Promise<Verdict> {
  const url = new URL(withScheme(valueFor(signal, 'url', endpoints)));
  const send = signal === 'traces' ? sendByGrpc : sendByHttp;
  const headers = { authorization: `Basic ${basicToken(signal, endpoints)}`, 'user-agent': 'mythical-cloud-check' };
  const verdict = explain(signal, await send({ url, headers }, SAMPLES[signal](Date.now())), CLOUD_HINTS);
  return { ...verdict, answered: oneLine(withoutSecrets(verdict.answered, endpoints)) };
}

function basicToken(signal: Signal, endpoints: Endpoints): string {
  const [username, password] = [valueFor(signal, 'username', endpoints), valueFor(signal, 'password', endpoints)];
  return valueFor(signal, 'base64', endpoints) || Buffer.from(`${username}:${password}`).toString('base64');
}

/** An endpoint or a proxy might echo what it received. */
function withoutSecrets(text: string, endpoints: Endpoints): string {
  const decoded = Buffer.from(endpoints.tracesBase64AuthToken, 'base64').toString();
  return [
    ...SECRET_FIELDS.map(({ name }) => endpoints[name]),
    ...SIGNALS.map((signal) => basicToken(signal, endpoints)),
    decoded.slice(decoded.indexOf(':') + 1),
  ].reduce((text, secret) => text.replaceAll(secret, '(hidden)'), text);
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 200)}…` : line;
}
