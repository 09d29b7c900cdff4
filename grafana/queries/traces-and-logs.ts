import { SERVER } from './signals.ts';

/** Queries for spans and lines that more than one dashboard uses. */

/** Requests to the server that meet all of these conditions. */
export const serverSpans = (...conditions: string[]) =>
  `{ ${[`resource.service.name = "${SERVER}"`, 'kind = server', ...conditions].join(' && ')} }`;

/** Requests that the server failed to answer. */
export const FAILED_REQUESTS = serverSpans('status = error');

/** Lines of this level from the application's services. */
export const linesOfLevel = (level: string) => `{namespace=~".+", level="${level}"}`;

/**
 * The spans of a call, as the service graph counts it: spans of the called service whose parent belongs to the caller. A
 * database makes no spans; its name comes from the address in the caller's spans. (`user`, which represents callers without
 * spans, matches none.)
 *
 * @param condition a condition on the spans, such as `status = error`
 */
export const spansOfCall = (client: string, server: string, condition: string) =>
  `({ resource.service.name = "${client}" } > { resource.service.name = "${server}" && kind != internal && ${condition} })` +
  ` || { resource.service.name = "${client}" && kind = client && (span.server.address = "${server}" || span.db.namespace = "${server}") && ${condition} }`;

/**
 * A LogQL stage that makes a field safe to use in a link. Grafana fills it into a quoted query inside JSON, where a quote
 * would end both. So `"`, `\` and line breaks become `'`. A table and its link must both use it, to find each other.
 */
export const withoutQuotes = (field: string) =>
  String.raw`label_format ${field}="{{ regexReplaceAll ${'`'}[\"\\\x00-\x1f]${'`'} .${field} ${'`'}'${'`'} }}"`;
