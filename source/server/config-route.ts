import type { BrowserConfig } from '@mythical/common/browser-config';
import { methodNotAllowed } from '@mythical/common/http/problem';
import { FRONTEND } from '@mythical/common/services';
import type { BrowserSettings } from '@mythical/common/settings';
import type { Identity } from '@mythical/common/telemetry/identity';
import type { Express } from 'express';

/** What the browser app asks first. */
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
    links: {
      trace: unlessInvalid(settings.TRACE_URL),
      logs: unlessInvalid(settings.LOGS_URL),
      profile: unlessInvalid(settings.PROFILE_URL),
    },
  };
}

/** No host can have a name that ends in .invalid (RFC 6761): who sets one says that there is none. */
function unlessInvalid(link: string): string | null {
  return new URL(link).hostname.endsWith('.invalid') ? null : link;
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
