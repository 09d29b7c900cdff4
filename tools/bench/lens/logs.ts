import { BEASTS, chance, spanId, traceId } from './ids.ts';
import type { Requests } from './request.ts';

/** A push of the services' logger, in Loki's JSON: one stream for each kind of beast. */
const LINES_PER_TRACE = 8;
const TRACES_PER_REQUEST = 25;

export function logRequests(firstRow = 0): Requests {
  let sent = 0;
  return (fromMs, toMs) => {
    const first = firstRow / LINES_PER_TRACE + sent * TRACES_PER_REQUEST;
    sent += 1;
    const values: Record<string, unknown[]> = Object.fromEntries(BEASTS.map((beast) => [beast, []]));
    for (let line = 0; line < TRACES_PER_REQUEST * LINES_PER_TRACE; line += 1) {
      const trace = first + Math.floor(line / LINES_PER_TRACE);
      const beast = BEASTS[Math.floor(chance(trace) * BEASTS.length)]!;
      const [traceID, spanID] = [traceId(trace), spanId(trace, line % LINES_PER_TRACE)];
      const micros = Math.round((fromMs + ((toMs - fromMs) * line) / (TRACES_PER_REQUEST * LINES_PER_TRACE)) * 1000);
      values[beast]!.push([
        `${micros}000`,
        `traceID=${traceID} spanID=${spanID} http.method=POST endpoint=${beast} status=201 duration=${line}ms loggedtime=${micros} POST /${beast} answered`,
        { traceID, spanID },
      ]);
    }
    const streams = Object.entries(values).map(([beast, entries]) => ({
      stream: {
        service_name: 'mythical-server',
        level: 'info',
        job: 'mythical-server',
        namespace: 'production',
        beast,
      },
      values: entries,
    }));
    const rows = TRACES_PER_REQUEST * LINES_PER_TRACE;
    return {
      path: '/loki/api/v1/push',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(JSON.stringify({ streams })),
      items: rows,
      rows,
    };
  };
}
