import { COUNTED } from './flow.ts';
import type { Marker } from './markers.ts';
import type { Stack } from './stack.ts';

// Recorded responses of real programs, so that the layers that query them can be tested without them.

/** A request (without times), and the first and the last response to it. */
export type Exchange = { question: string; answers: { status: number; body: string }[] };

export type Recording = {
  lesson: string;
  /** The checks that these responses belong to. */
  checks: string[];
  /** The versions of the programs that sent these responses. */
  versions: Record<string, string>;
  marker: Marker;
  exchanges: Exchange[];
};

/** The request in a form that is the same in every run: programs by name, without times. */
function questionOf(stack: Stack, method: string, url: string, body: string): string {
  const part = Object.entries(stack).find(([, address]) => URL.parse(url)?.origin === address);
  const path = part ? `${part[0]}${url.slice(part[1].length)}` : url;
  const query = part && ['otlp', 'lokiPush', 'profilesPush', 'faro'].includes(part[0]) ? '' : ` ${body}`;
  return `${method} ${decodeURIComponent(path)}${query}`.replace(/\b\d{10}(?:\.\d+|\d{3}|\d{9})?\b/g, '{time}').trim();
}

type Fetch = typeof globalThis.fetch;

const bodyOf = (init: RequestInit | undefined) => (typeof init?.body === 'string' ? init.body : '');

/** A fetch that records responses. */
export function recording(fetch: Fetch, stack: Stack, exchanges: Exchange[]): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const body = await response.text();
    const question = questionOf(stack, init?.method ?? 'GET', String(input), bodyOf(init));
    const answer = { status: response.status, body: shorten(question, body) };
    const known = exchanges.find((exchange) => exchange.question === question);
    if (!known) exchanges.push({ question, answers: [answer] });
    else known.answers = [known.answers[0]!, answer];
    return new Response(response.status === 204 ? null : body, { status: response.status });
  };
}

/** A fetch that replays these responses in order, and repeats the last one. */
export function replaying(stack: Stack, exchanges: readonly Exchange[]): Fetch {
  const given = new Map<string, number>();
  return async (input, init) => {
    const question = questionOf(stack, init?.method ?? 'GET', String(input), bodyOf(init));
    const exchange = exchanges.find((exchange) => exchange.question === question);
    if (!exchange) throw new Error(`nothing was recorded for: ${question}`);
    const index = given.get(question) ?? 0;
    given.set(question, index + 1);
    const { status, body } = exchange.answers[Math.min(index, exchange.answers.length - 1)]!;
    return new Response(status === 204 ? null : body, { status });
  };
}

/** Limited to the Alloy metrics and the component details that are used. */
function shorten(question: string, body: string): string {
  if (question.endsWith('alloy/metrics')) {
    return body
      .split('\n')
      .filter((line) => COUNTED.some((pattern) => pattern.test(line.split('{')[0]!)) && line.includes('component_id'))
      .join('\n');
  }
  if (!question.endsWith('/components')) return body;
  const components = JSON.parse(body) as { localID: string; health: { state: string; message: string } }[];
  return JSON.stringify(
    components.map(({ localID, health: { state, message } }) => ({ localID, health: { state, message } })),
  );
}
