import { isKnown, isRecord, refsIn } from '../alloy/evaluate.ts';
import type { Graph, Node } from '../alloy/graph.ts';
import { runActions, runStatements } from './attributes.ts';
import { nodesOf, type Path } from './paths.ts';
import { relabel, withoutHidden } from './relabel.ts';
import type { Input, Select } from './requirement.ts';
import { CannotTell, emptySample, map, type Sample, text } from './sample.ts';
import { sampleTrace } from './sampling.ts';
import { passesAlone } from './select.ts';
import { runStages } from './stages.ts';

/** The output at the end of a path, for each input. */
export function simulate(graph: Graph, path: Path, input: Input | undefined, from: Select): Sample[] {
  const nodes = nodesOf(graph, path);
  return samplesOf(path.start, input, from).map((sample) =>
    nodes.reduce((sample, node) => (sample.dropped ? sample : pass(graph, sample, node)), sample),
  );
}

function samplesOf(node: Node, input: Input | undefined, from: Select): Sample[] {
  if (input) return [{ ...emptySample(), ...structuredClone(input) }];
  const exporter = /^prometheus\.exporter\.(\w+)$/.exec(node.kind);
  if (exporter) {
    return [{ ...emptySample(), labels: { __address__: node.id, job: `integrations/${exporter[1]}` } }];
  }
  const targets = node.items('targets');
  const computed = targets.find(({ value }) => !isKnown(value) || !isRecord(value));
  if (targets.length === 0 || computed) throw new CannotTell('targets', computed?.at ?? node.at);
  const meant = targets.filter(({ value }) => passesAlone(value, from, 'targets'));
  return (meant.length > 0 ? meant : targets).map(({ value, at }) => {
    const labels = Object.fromEntries(Object.entries(value as object).map(([name, value]) => [name, String(value)]));
    const places = Object.fromEntries(Object.keys(labels).map((name) => [name, at]));
    return { labels, touched: places, named: { ...places } };
  });
}

/** Components whose changes or drops can't be predicted here. */
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
    case 'faro.receiver':
      return { ...sample, labels: { ...sample.labels, ...map(settings, 'extra_log_labels') } };
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
    case 'otelcol.processor.tail_sampling':
      return sampleTrace(sample, settings);
    default:
      return sample;
  }
}

function scrape(sample: Sample, node: Node): Sample {
  // A rule has removed the address.
  if (sample.touched.__address__ && !sample.labels.__address__)
    return { ...sample, dropped: sample.touched.__address__ };
  const labels = withoutHidden(sample.labels);
  // A series instead of its target: the series adds a name.
  if (sample.labels.__name__) labels.__name__ = sample.labels.__name__;
  labels.job ??= text(node.settings, 'job_name', node.id);
  labels.instance ??= sample.labels.__address__ ?? '';
  const { touched, named } = sample;
  return {
    ...sample,
    labels,
    touched: { ...touched, ...(touched.__address__ && { instance: touched.__address__ }) },
    named: { ...named, ...(named.__address__ && { instance: named.__address__ }) },
  };
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

/** The series that a span is counted in: one for each combination of its dimensions. */
function countSpans(sample: Sample, { settings }: Node): Sample {
  const series = emptySample();
  // An attribute that could be a dimension, but isn't.
  for (const name of Object.keys(sample.attributes ?? {})) series.touched[labelOf(name)] = settings.at;
  for (const dimension of settings.blocks.filter(({ name }) => name === 'dimension')) {
    const name = text(dimension, 'name');
    const label = labelOf(name);
    series.touched[label] = dimension.placeOf('name');
    series.named[label] = dimension.placeOf('name');
    const value = sample.attributes?.[name] ?? text(dimension, 'default');
    if (value !== '') series.labels[label] = value;
  }
  return series;
}

const labelOf = (attribute: string) => attribute.replaceAll('.', '_');
