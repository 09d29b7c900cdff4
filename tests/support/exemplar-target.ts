import { type Served, serve } from './serve.ts';

/** A scrape target with counters that have a new value and a new exemplar in each scrape. */
export type ExemplarTarget = Served & {
  /** Whether it has responded 503 after its last scrape, which ends all series. */
  ended(): boolean;
};

export async function startExemplarTarget(series: number, scrapes: number): Promise<ExemplarTarget> {
  let scrape = 0;
  let ended = false;
  const served = await serve((_request, response) => {
    ended = scrape === scrapes;
    if (ended) return void response.writeHead(503).end();
    scrape += 1;
    const lines = Array.from({ length: series }, (_, index) => {
      const traceId = `${index.toString(16).padStart(16, '0')}${scrape.toString(16).padStart(16, '0')}`;
      return `load_total{index="${index}"} ${scrape} # {trace_id="${traceId}"} ${index}\n`;
    });
    response.setHeader('content-type', 'application/openmetrics-text; version=1.0.0; charset=utf-8');
    response.end(`# TYPE load counter\n${lines.join('')}# EOF\n`);
  });
  return { ...served, ended: () => ended };
}

/** The number of series whose latest row is a stale marker. */
export const ENDED_SERIES = `
  SELECT count(*)::INTEGER FROM (
    FROM metrics SELECT labels WHERE name = 'load_total' AND exemplar_value IS NULL
    GROUP BY labels HAVING max(time) FILTER (value IS NULL) >= max(time)
  )`;

/** The number of samples, distinct samples, exemplars and distinct exemplars. */
export const COUNTS = `
  SELECT
    count(value)::INTEGER,
    count(DISTINCT (labels, value)) FILTER (value IS NOT NULL)::INTEGER,
    count(exemplar_value)::INTEGER,
    count(DISTINCT exemplar_trace_id)::INTEGER
  FROM metrics WHERE name = 'load_total'`;
