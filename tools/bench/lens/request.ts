/** A request to lens. Without headers, it is sent over gRPC. */
export type Request = {
  /** Appended to the receiver's URL; for gRPC, the method. */
  path: string;
  headers?: Record<string, string>;
  body: Buffer;
  /** How many spans, lines, samples or profiles it has. */
  items: number;
  /** How many rows lens stores for it. */
  rows: number;
};

/** The requests of one signal, each with new ids and the times from `fromMs` to `toMs`. */
export type Requests = (fromMs: number, toMs: number) => Request;
