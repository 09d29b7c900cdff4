import type { BrowserConfig } from '@mythical/common/browser-config';

/** Where in the telemetry an action is. The span is the server's. */
export type TraceContext = { traceId: string; spanId: string | undefined };

/** Null is a link that leads nowhere here. */
export type Links = BrowserConfig['links'];

export function linksTo({ traceId, spanId }: TraceContext, templates: BrowserConfig['links']): Links {
  const fill = (template: string | null) =>
    template === null
      ? null
      : template.replaceAll('{traceId}', traceId).replaceAll('{spanId}', encodeURIComponent(spanId ?? ''));
  return { trace: fill(templates.trace), logs: fill(templates.logs), profile: fill(templates.profile) };
}
