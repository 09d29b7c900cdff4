import { isKnown, isRecord, refsIn } from '../alloy/evaluate.ts';
import type { Graph, Node } from '../alloy/graph.ts';
import { runActions, runStatements } from './attributes.ts';
import { nodesOf, type Path } from './paths.ts';
import { relabel, withoutHidden } from './relabel.ts';
import type { Input, Select } from './requirement.ts';
import { CannotTell, map, type Sample, text } from './sample.ts';
import { passesAlone } from './select.ts';
import { runStages } from './stages.ts';

/** What comes out at the end of a path, of each thing that goes in. */
export function simulate(graph: Graph, path: Path, input: Input | undefined, from: Select): Sample[] {
  const nodes = nodesOf(graph, path);
  return samplesOf(path.start, input, from).map((sample) =>
    nodes.reduce((sample, node) => (sample.dropped ? sample : pass(graph, sample, node)), sample),
  );
}

function samplesOf(node: Node, input: Input | undefined, from: Select): Sample[] {
  if (input) return [{ labels: {}, ...structuredClone(input), touched: {} }];
  const exporter = /^prometheus\.exporter\.(\w+)$/.exec(node.kind);
  if (exporter) return [{ labels: { __address__: node.id, job: `integrations/${exporter[1]}` }, touched: {} }];
  const targets = node.values('targets')[0];
  if (!targets || !Array.isArray(targets.value) || !isKnown(targets.value)) {
    throw new CannotTell('targets', targets?.at ?? node.at);
  }
  const listed = targets.value.filter(isRecord);
  const meant = listed.filter((target) => passesAlone(target, from, 'targets'));
  return (meant.length > 0 ? meant : listed).map((target) => {
    const labels = Object.fromEntries(Object.entries(target).map(([name, value]) => [name, String(value)]));
    return { labels, touched: Object.fromEntries(Object.keys(labels).map((name) => [name, targets.at])) };
  });
}

/** Components that change, or leave out, what this can't foresee. */
const UNFORESEEN = /^otelcol\.processor\.(filter|span|k8sattributes|probabilistic_sampler)$|\.(enrich|secretfilter)$/;

function pass(graph: Graph, sample: Sample, node: Node): Sample {
  const { kind, settings } = node;
  if (UNFORESEEN.test(kind)) throw new CannotTell(kind, node.at);
  switch (kind) {
    case 'discovery.relabel':
    case 'prometheus.relabel':
    case 'loki.relabel':
    case 'pyroscope.relabel':
      return relabel(sample, settings);
    case 'prometheus.scrape':
    case 'pyroscope.scrape':
      return scrape(sample, node);
    case 'loki.source.api':
    case 'loki.source.docker': {
      const labelled = { ...sample, labels: { ...sample.labels, ...map(settings, 'labels') } };
      const relabelled = relabelByRules(graph, labelled, node);
      return { ...relabelled, labels: withoutHidden(relabelled.labels) };
    }
    case 'loki.process':
      return runStages(sample, settings);
    case 'loki.write':
    case 'prometheus.remote_write':
    case 'pyroscope.write':
      return write(sample, node);
    case 'otelcol.connector.spanmetrics':
      return countSpans(sample, node);
    case 'otelcol.processor.attributes':
      return runActions(sample, settings);
    case 'otelcol.processor.transform':
      return runStatements(sample, settings);
    default:
      return sample;
  }
}

function scrape(sample: Sample, node: Node): Sample {
  const labels = withoutHidden(sample.labels);
  labels.job ??= text(node.settings, 'job_name', node.id);
  labels.instance ??= sample.labels.__address__ ?? '';
  return { ...sample, labels, touched: { job: node.settings.placeOf('job_name'), ...sample.touched } };
}

function relabelByRules(graph: Graph, sample: Sample, node: Node): Sample {
  const [rules] = refsIn(node.values('relabel_rules')[0]?.value ?? null);
  const relabelling = rules && graph.nodes.get(rules.node);
  return relabelling ? relabel(sample, relabelling.settings) : sample;
}

function write(sample: Sample, { settings }: Node): Sample {
  const added = map(settings, 'external_labels');
  const touched = { ...sample.touched };
  for (const name of Object.keys(added)) touched[name] ??= settings.placeOf('external_labels');
  const labelled = { ...sample, labels: { ...added, ...sample.labels }, touched };
  const [endpoint] = settings.blocks.filter(({ name }) => name === 'endpoint');
  return endpoint ? relabel(labelled, endpoint, 'write_relabel_config') : labelled;
}

/** The series that a span counts in: one for each combination of its dimensions. */
function countSpans(sample: Sample, { settings }: Node): Sample {
  const labels: Sample['labels'] = {};
  const touched: Sample['touched'] = {};
  for (const dimension of settings.blocks.filter(({ name }) => name === 'dimension')) {
    const name = text(dimension, 'name');
    const label = name.replaceAll('.', '_');
    touched[label] = dimension.placeOf('name');
    const value = sample.attributes?.[name] ?? text(dimension, 'default');
    if (value !== '') labels[label] = value;
  }
  return { labels, touched };
}
