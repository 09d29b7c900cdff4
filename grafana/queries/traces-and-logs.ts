import { SERVER } from './signals.ts';

/** Questions about spans and lines that more than one dashboard asks. */

/** Requests that the server failed to answer. */
export const FAILED_REQUESTS = `{ resource.service.name = "${SERVER}" && kind = server && status = error }`;

/** What the application's services say at this level. */
export const linesOfLevel = (level: string) => `{namespace=~".+", level="${level}"}`;

/**
 * The spans of a call, as the service graph counts it: those of the called service right below one of the caller. A database
 * makes no spans; its name is what the caller's spans say of its address. (`user`, who stands for callers without spans, has
 * none to find.)
 *
 * @param condition on the spans, such as `status = error`
 */
export const spansOfCall = (client: string, server: string, condition: string) =>
  `({ resource.service.name = "${client}" } > { resource.service.name = "${server}" && kind != internal && ${condition} })` +
  ` || { resource.service.name = "${client}" && kind = client && (span.server.address = "${server}" || span.db.namespace = "${server}") && ${condition} }`;

/**
 * A stage of LogQL that makes of a field a text which a link can carry. Grafana fills it into a query in quotes, within JSON:
 * a quote would end both. So `"`, `\` and line breaks become `'`. Table and link have to do the same, to find each other.
 */
export const withoutQuotes = (field: string) =>
  String.raw`label_format ${field}="{{ regexReplaceAll ${'`'}[\"\\\x00-\x1f]${'`'} .${field} ${'`'}'${'`'} }}"`;
