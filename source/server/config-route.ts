import type { BrowserConfig } from '@mythical/common/browser-config';
import { methodNotAllowed } from '@mythical/common/http/problem';
import { FRONTEND } from '@mythical/common/services';
import type { BrowserSettings } from '@mythical/common/settings';
import type { Identity } from '@mythical/common/telemetry/identity';
import type { Express } from 'express';

/** The configuration that the browser app loads first. */
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

/** Hosts under .invalid can't exist (RFC 6761), so such a URL turns a link off. */
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
