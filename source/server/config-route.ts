import { methodNotAllowed } from '@mythical/common/http/problem';
import { FRONTEND } from '@mythical/common/services';
import type { BrowserSettings } from '@mythical/common/settings';
import type { Identity } from '@mythical/common/telemetry/identity';
import type { Express } from 'express';

/** What the browser app asks first. Nothing of it is built into the app, so one build serves everywhere. */
export type BrowserConfig = {
  /** The identity that its telemetry carries. */
  app: { name: string; version: string; namespace: string; environment: string };
  words: { tag: string; one: string; many: string; kinds: string[] };
  /** Where Faro sends to; null where there is no collector. */
  faroUrl: string | null;
  /** Addresses with the placeholders `{traceId}` and `{spanId}`. */
  links: { trace: string; logs: string; profile: string };
};

export function browserConfig(identity: Identity, settings: BrowserSettings): BrowserConfig {
  const { tag, noun, kinds } = identity.vocabulary;
  return {
    app: {
      name: FRONTEND.name,
      version: identity.version,
      namespace: identity.namespace,
      environment: identity.namespace,
    },
    words: { tag, ...noun, kinds: kinds.map(({ name }) => name) },
    faroUrl: settings.FARO_URL ?? null,
    links: { trace: settings.TRACE_URL, logs: settings.LOGS_URL, profile: settings.PROFILE_URL },
  };
}

/** `GET /config`. */
export function addConfigRoute(app: Express, config: BrowserConfig): void {
  app
    .route('/config')
    .get((_request, response) => {
      response.set('Cache-Control', 'no-store').json(config);
    })
    .all(methodNotAllowed('GET', 'HEAD'));
}
