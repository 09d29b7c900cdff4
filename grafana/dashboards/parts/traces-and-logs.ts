import { SERVER } from './signals.ts';

/** Questions about spans and lines that more than one dashboard asks. */

/** Requests that the server failed to answer. */
export const FAILED_REQUESTS = `{ resource.service.name = "${SERVER}" && kind = server && status = error }`;

/** What the application's services say at this level. */
export const linesOfLevel = (level: string) => `{namespace=~".+", level="${level}"}`;
