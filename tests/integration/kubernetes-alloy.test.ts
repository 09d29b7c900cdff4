import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildGraph } from '../../workshop/alloy/graph.ts';
import { relabel, withoutHidden } from '../../workshop/check/relabel.ts';
import { emptySample } from '../../workshop/check/sample.ts';
import { runStages } from '../../workshop/check/stages.ts';
import { read, root } from '../support/project.ts';

// Applies the rules in alloy/kubernetes.alloy to the labels that Kubernetes provides for pods.

const file = path.join(root, 'alloy/kubernetes.alloy');
const graph = buildGraph({ file, text: read('alloy/kubernetes.alloy') });
type Labels = Record<string, string>;

const server = pod('mythical-server-6d5f8b9c7-x2k4v', 'mythical-server', {
  __meta_kubernetes_pod_label_app_kubernetes_io_component: 'service',
  __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
  __meta_kubernetes_pod_annotation_prometheus_io_port: '4000',
  __meta_kubernetes_pod_container_port_number: '4000',
});
const mimir = pod('mimir-0', 'mimir', {
  __meta_kubernetes_pod_label_app_kubernetes_io_component: 'backend',
  __meta_kubernetes_pod_annotation_prometheus_io_scrape: 'true',
  __meta_kubernetes_pod_annotation_prometheus_io_port: '9009',
  __meta_kubernetes_pod_annotation_profiles_grafana_com_scrape: 'true',
  __meta_kubernetes_pod_container_port_number: '9009',
});
const queue = pod('mythical-queue-0', 'mythical-queue', { __meta_kubernetes_pod_container_port_number: '5672' });
const alloy = pod('alloy-7c9d8f6b5d-zz9xk', 'alloy', {});
const beyla = pod('beyla-x7k2p', 'beyla', { __meta_kubernetes_pod_container_port_name: 'metrics' });

describe('pods become targets', () => {
  const service = { job: 'mythical-server', service_name: 'mythical-server' };
  const backend = { job: 'mimir', service_name: 'mimir' };
  for (const [what, list, labels, expected] of [
    [
      'a service',
      'application',
      server,
      { ...service, group: 'mythical', instance: 'mythical-server-6d5f8b9c7-x2k4v' },
    ],
    ['a service', 'stack', server, undefined],
    ['a backend', 'stack', mimir, { ...backend, group: 'infrastructure', instance: 'mimir-0' }],
    ['a backend', 'application', mimir, undefined],
    ['a backend', 'profiled_stack', mimir, { service_name: 'mimir', instance: 'mimir-0' }],
    ['another port', 'stack', { ...mimir, __meta_kubernetes_pod_container_port_number: '9095' }, undefined],
    ['a pod without annotations', 'stack', queue, undefined],
    ['a finished pod', 'application', { ...server, __meta_kubernetes_pod_phase: 'Succeeded' }, undefined],
    ['a service', 'containers', server, { ...service, pod: 'mythical-server-6d5f8b9c7-x2k4v' }],
    ['Alloy', 'containers', alloy, undefined],
    ['Beyla', 'beyla', beyla, { group: 'mythical' }],
    ['a service', 'beyla', server, undefined],
  ] as [string, string, Labels, Labels | undefined][]) {
    test(`${what}, in the list ${list}: ${expected ? 'with the labels of Compose' : 'no'}`, () => {
      assert.deepEqual(through(`kubernetes.pods.default/discovery.relabel.${list}`, labels), expected);
    });
  }
});

describe("series of a kubelet's cAdvisor", () => {
  const relabelled = (name: string, labels: Labels) =>
    through('kubernetes.containers.default/prometheus.relabel.containers', { __name__: name, ...labels });
  const memory = 'container_memory_working_set_bytes';

  for (const [pod, service] of [
    ['mythical-server-6d5f8b9c7-x2k4v', 'mythical-server'],
    ['mythical-database-0', 'mythical-database'],
    ['mimir-2', 'mimir'],
    ['k6-5b8c9d7f6-q8xvz', 'k6'],
    ['beyla-x7k2p', 'beyla'],
  ] as const) {
    test(`of ${pod} get its service’s name`, () => {
      const labels = { namespace: 'monitoring', pod, container: service, id: '/kubepods/1', image: 'x', name: '1' };
      assert.equal(relabelled(memory, labels)?.service_name, service);
      const network = relabelled('container_network_receive_bytes_total', { ...labels, container: '' });
      assert.deepEqual(
        Object.keys(network ?? {}).filter((name) => /^(id|image|name)$/.test(name)),
        [],
      );
      assert.equal(network?.service_name, service);
    });
  }

  test('are kept if they are of this sandbox, of containers, and used by a dashboard', () => {
    const labels = { namespace: 'mythical', pod: 'mimir-0', container: 'mimir' };
    assert.ok(relabelled(memory, labels));
    assert.equal(relabelled(memory, { ...labels, namespace: 'kube-system' }), undefined);
    assert.equal(relabelled(memory, { ...labels, container: '' }), undefined);
    assert.equal(relabelled('container_tasks_state', labels), undefined);
    const drawn = new Set(read('grafana/dashboards/json/infrastructure.json').match(/\bcontainer_\w+/g));
    assert.ok(drawn.size >= 5);
    for (const name of drawn) assert.ok(relabelled(name, labels), name);
  });
});

test('lines of containers are stored without the line break with which the Kubernetes API ends them', () => {
  const { settings } = graph.nodes.get('kubernetes.logs.default/loki.process.lines')!;
  for (const line of ['level=info msg="GET unicorn"\n', 'level=info msg="GET unicorn"'])
    assert.equal(runStages({ ...emptySample(), line }, settings).line, 'level=info msg="GET unicorn"');
});

function pod(name: string, label: string, more: Labels): Labels {
  return {
    __address__: '10.0.0.5:4000',
    __meta_kubernetes_pod_name: name,
    __meta_kubernetes_pod_phase: 'Running',
    __meta_kubernetes_pod_label_app_kubernetes_io_name: label,
    ...more,
  };
}

/** The labels that remain after a component and all relabeling before it; undefined if the target was dropped. */
function through(id: string, labels: Labels): Labels | undefined {
  const after = targetBehind(id, labels);
  return after && withoutHidden(after);
}

/** The same, including labels that don't outlive the scrape. */
function targetBehind(id: string, labels: Labels): Labels | undefined {
  const node = graph.nodes.get(id) ?? assert.fail(`no such component: ${id}`);
  const before = graph.edges.find(({ to, signal }) => to === id && signal === 'targets')?.from ?? '';
  const reached = before.includes('discovery.relabel.') ? targetBehind(before, labels) : labels;
  if (reached === undefined) return undefined;
  const { labels: after, dropped } = relabel({ ...emptySample(), labels: reached }, node.settings);
  return dropped ? undefined : after;
}
