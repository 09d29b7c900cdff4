/** Real user monitoring, independent of Faro. */
export type Rum = {
  /** Starts the trace of an action. */
  startSpan(name: string, attributes: Record<string, string>): ActionSpan;
  /** Sends a custom event in the span's trace. */
  event(name: string, attributes: Record<string, string>, span: ActionSpan): void;
  /** Reports a caught error, which browsers wouldn't report. */
  error(error: unknown, context: Record<string, string>): void;
  /** Reports which view the user sees. */
  view(name: string): void;
  /** undefined without a collector. */
  readonly sessionId: string | undefined;
};

export type ActionSpan = {
  /** undefined without a collector. */
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  /** Calls `start` with the span active, so that its request joins the trace. */
  run<T>(start: () => T): T;
  /** @param error the error message, if the action failed */
  end(error: string | undefined): void;
};
