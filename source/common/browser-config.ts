/** What `GET /config` of the server tells the browser app. Nothing of it is built in, so one build serves everywhere. */
export type BrowserConfig = {
  /** The identity that its telemetry carries. */
  app: { name: string; version: string; namespace: string; environment: string };
  /** `tag` is the name of the attribute that carries the kind; `one` and `many` are for people. */
  words: { tag: string; one: string; many: string; kinds: string[] };
  /** Where Faro sends to; null where there is no collector. */
  faroUrl: string | null;
  /** Addresses with the placeholders `{traceId}` and `{spanId}`; null where there is nothing to look at. */
  links: { trace: string | null; logs: string | null; profile: string | null };
};
