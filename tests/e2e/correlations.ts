import { readDataSources } from '../../grafana/model/correlations/data-sources.ts';
import { type Correlation, correlationsOf, type Link } from '../../grafana/model/correlations/links.ts';
import type { Samples } from '../../grafana/model/correlations/samples.ts';
import { amount } from '../../grafana/model/dashboards/answers.ts';
import { askInExplore, type Backends } from '../../grafana/model/dashboards/ask.ts';
import type { Target } from '../../grafana/model/dashboards/read.ts';

/** The result for one correlation in grafana/provisioning/datasources/datasources.yaml. */
export type Followed = Pick<Correlation, 'name' | 'from' | 'to' | 'on'> & {
  /** Samples on which Grafana would show the link. */
  offered: number;
  /** The links that were followed, and where they led. (A beast may be deleted as soon as it is added.) */
  followed: (Link & { found: number; what: string })[];
};

/** How many links to follow per correlation; if there are more samples, they are picked evenly. */
const LINKS = 10;

/**
 * Follows every correlation between data sources as Grafana does on a click: builds the query for a sample, and sends it to
 * the backend. It doesn't need Grafana.
 */
export async function followAll(backends: Backends, samples: Samples): Promise<Followed[]> {
  const all: Followed[] = [];
  for (const correlation of correlationsOf(readDataSources())) {
    const { name, from, to, on, open } = correlation;
    const links = samples[on].map((sample) => open(sample)).filter((link) => link !== undefined);
    const followed: Followed['followed'] = [];
    for (const link of spread(links, LINKS)) {
      const target = { refId: 'A', ...link.query, datasource: { uid: link.to, type: '' } } as Target;
      const answer = await askInExplore(backends, target, link.range);
      followed.push({ ...link, found: amount(answer), what: answer.kind });
    }
    all.push({ name, from, to, on, offered: links.length, followed });
  }
  return all;
}

/** `count` of the items, from the first to the last. */
function spread<T>(items: T[], count: number): T[] {
  if (items.length <= count) return items;
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
