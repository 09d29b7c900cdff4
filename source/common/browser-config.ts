/** The response of the server's `GET /config`. It is loaded at run time, so that one build works everywhere. */
export type BrowserConfig = {
  /** The app metadata of its telemetry. */
  app: { name: string; version: string; namespace: string; environment: string };
  /** `tag` is the attribute name of the kind; `one` and `many` are nouns for the UI. */
  words: { tag: string; one: string; many: string; kinds: string[] };
  /** Faro's collector URL; null turns telemetry off. */
  faroUrl: string | null;
  /** URLs with the placeholders `{traceId}` and `{spanId}`; null hides the link. */
  links: { trace: string | null; logs: string | null; profile: string | null };
};
