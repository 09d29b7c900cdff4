import { inProject } from '../../support/project.ts';
import type { Collector } from './collector.ts';

/** The edits that switch on the optional parts of a collector's configuration. */
export type Switches = {
  /** The folder with the configuration, the Compose variable that overrides it, and the file to edit. */
  folder: string;
  variable: string;
  file: string;
  spanMetrics(text: string): string;
  tailSampling(text: string): string;
};

export const SWITCHES: Record<Collector, Switches> = {
  alloy: {
    folder: inProject('alloy'),
    variable: 'ALLOY_CONFIG',
    file: 'config.alloy',
    spanMetrics: (text) =>
      text
        .replace('// spans.metrics.default.input,', 'spans.metrics.default.input,')
        .replace('// spans.service_graph.default.input,', 'spans.service_graph.default.input,'),
    tailSampling: (text) => {
      const [before, after] = text.split('destinations.all.default.traces,\n');
      return after === undefined ? text : `${before}spans.tail_sampling.default.input,\n${after}`;
    },
  },
  'otel-collector': {
    folder: inProject('otel'),
    variable: 'OTEL_CONFIG',
    file: 'otel.yml',
    spanMetrics: (text) => text.replace(/^ {4}# ((?:traces|metrics)\/counted:| {2}\{ receivers: .*)$/gm, '    $1'),
    tailSampling: (text) => text.replace(/(?<= {4}traces:\n(?: {6}.*\n)*? {6}processors: )\[\]/, '[tail_sampling]'),
  },
};
