/** Real user monitoring, as the rest of the page uses it. */
export type Rum = {
  /** Begins the trace of an action. */
  startSpan(name: string, attributes: Record<string, string>): ActionSpan;
  /** A custom event, in the trace of the span. */
  event(name: string, attributes: Record<string, string>, span: ActionSpan): void;
  /** An error that was caught, so that the browser does not report it. */
  error(error: unknown, context: Record<string, string>): void;
  /** What the user looks at. */
  view(name: string): void;
  /** undefined if nothing is collected. */
  readonly sessionId: string | undefined;
};

export type ActionSpan = {
  /** undefined if nothing is collected. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** Calls `start` with the span active, so that a request made by it belongs to the trace. */
  run<T>(start: () => T): T;
  /** @param error what went wrong, if something did */
  end(error: string | undefined): void;
};
