import { setTimeout as sleep } from 'node:timers/promises';
import * as grpc from '@grpc/grpc-js';
import type { Request } from './request.ts';
import { REQUESTS, type Signal } from './signals.ts';

/** What a sender does: as many items as it can or `rate` per second, for `seconds` or until lens has `rows` more. */
export type Task = {
  signal: Signal;
  /** The receiver's URL for HTTP, and its address for gRPC. */
  url: string;
  grpcAddress: string;
  rate?: number;
  /** Spans in a request. */
  batch?: number;
  seconds?: number;
  rows?: number;
  /** Where the numbers of traces continue, so that several senders don't send the same ones. */
  firstRow?: number;
  /** The times of the first and the last of `rows`. By default, every item is from now. */
  times?: { fromMs: number; toMs: number };
};

/** `refusals` are requests that the receiver was too busy for; they are repeated. Items and rows of accepted requests only. */
export type Sent = { items: number; rows: number; refusals: number; failure?: string };

/** Requests waiting for an answer. With a rate, enough for a receiver that pauses for seconds. */
const IN_FLIGHT = { closed: 4, rate: 200 };

export async function send(task: Task): Promise<Sent> {
  const next = REQUESTS[task.signal](task.firstRow, task.batch);
  const { deliver, close } = connect(task);
  const sent: Sent = { items: 0, rows: 0, refusals: 0 };
  const startedAt = performance.now();
  const elapsed = () => (performance.now() - startedAt) / 1000;
  const begun = { items: 0, rows: 0 };
  const now = () =>
    task.times === undefined
      ? Date.now()
      : task.times.fromMs + ((task.times.toMs - task.times.fromMs) * begun.rows) / task.rows!;
  let last = now();

  async function sendOne(): Promise<void> {
    const request = next(last, now());
    last = now();
    begun.items += request.items;
    begun.rows += request.rows;
    while (!(await deliver(request))) {
      sent.refusals += 1;
      await sleep(500);
    }
    sent.items += request.items;
    sent.rows += request.rows;
  }

  const isOver = () =>
    begun.rows >= (task.rows ?? Number.POSITIVE_INFINITY) || elapsed() >= (task.seconds ?? Number.POSITIVE_INFINITY);
  try {
    if (task.rate === undefined) {
      await Promise.all(
        Array.from({ length: IN_FLIGHT.closed }, async () => {
          while (!isOver()) await sendOne();
        }),
      );
    } else {
      const inFlight = new Set<Promise<void>>();
      while (!isOver()) {
        await sleep((begun.items / task.rate - elapsed()) * 1000);
        if (inFlight.size >= IN_FLIGHT.rate) await Promise.race(inFlight);
        const one = sendOne().finally(() => inFlight.delete(one));
        inFlight.add(one);
      }
      await Promise.all(inFlight);
    }
  } catch (error) {
    sent.failure = String(error);
  }
  close();
  return sent;
}

type Connection = {
  /** false if the receiver is busy. @throws {Error} if it refuses the request for good */
  deliver(request: Request): Promise<boolean>;
  close(): void;
};

function connect({ url, grpcAddress }: Task): Connection {
  const client = new grpc.Client(grpcAddress, grpc.credentials.createInsecure());
  const asIs = (bytes: Buffer) => bytes;
  return {
    deliver: async ({ path, headers, body }) => {
      if (headers === undefined) {
        const error = await new Promise<grpc.ServiceError | null>((resolve) => {
          client.makeUnaryRequest(path, asIs, asIs, body, resolve);
        });
        if (error && error.code !== grpc.status.UNAVAILABLE) throw error;
        return error === null;
      }
      const response = await fetch(url + path, { method: 'POST', headers, body: new Uint8Array(body) });
      const text = await response.text();
      if (response.status !== 429 && response.status !== 503 && !response.ok)
        throw new Error(`${response.status} ${text}`);
      return response.ok;
    },
    close: () => client.close(),
  };
}

// A separate process, so that its work doesn't delay what it measures.
if (import.meta.main) {
  process.send!(await send(JSON.parse(process.argv[2]!) as Task));
  process.disconnect();
}
