import type { BrowserConfig } from '@mythical/common/browser-config';

/** The trace of an action, and the server's span in it. */
export type TraceContext = { traceId: string; spanId: string | undefined };

/** Links may be null: not available in this setup. */
export type Links = BrowserConfig['links'];

export function linksTo({ traceId, spanId }: TraceContext, templates: BrowserConfig['links']): Links {
  const fill = (template: string | null) =>
    template === null
      ? null
      : template.replaceAll('{traceId}', traceId).replaceAll('{spanId}', encodeURIComponent(spanId ?? ''));
  return { trace: fill(templates.trace), logs: fill(templates.logs), profile: fill(templates.profile) };
}
