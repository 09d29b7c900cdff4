import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { type Access, startKubernetes } from '../support/kubernetes.ts';
import { type Manifest, parseManifests } from '../support/manifests.ts';
import { root } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { useFolder } from '../support/temporary-folder.ts';
import { useStarted } from '../support/use-started.ts';

// kubernetes/ and a real API server: what it accepts, what it warns about, and what Alloy and Beyla may do. It has no nodes, so
// no pod ever runs.

const [kubectl, apiServer, etcd] = [
  await realProgram('kubectl'),
  await realProgram('kube-apiserver'),
  await realProgram('etcd'),
];
const skip = kubectl.skip || apiServer.skip || etcd.skip;

/** `kubectl apply` keeps a copy of each object in an annotation. */
const MOST_BYTES_OF_AN_ANNOTATION = 262_144;
const PRIVILEGED = /^Warning: would violate PodSecurity "restricted:latest": .*hostPID=true/;

describe('kubernetes/', { skip, timeout: 600_000 }, () => {
  const programs = { kubectl: kubectl.path!, apiServer: apiServer.path!, etcd: etcd.path! };
  const kubernetes = useStarted(() => startKubernetes(programs));
  const folder = useFolder('overlay');
  before(async () => {
    const inProject = (name: string) => path.relative(folder, path.join(root, 'kubernetes', name));
    const components = ['beyla', 'ingress', 'published-images'].map((name) => inProject(`components/${name}`));
    const everything = { resources: [inProject('base')], components };
    await writeFile(path.join(folder, 'kustomization.yaml'), JSON.stringify(everything));
  });

  const overlays: [name: string, folder: () => string, warnings: RegExp[]][] = [
    ['kubernetes', () => path.join(root, 'kubernetes'), []],
    ...['local', 'distributed', 'cloud'].map((name): (typeof overlays)[number] => {
      const overlay = `kubernetes/overlays/${name}`;
      return [overlay, () => path.join(root, overlay), []];
    }),
    ['every component', () => folder, [PRIVILEGED]],
  ];
  for (const [name, overlay, expected] of overlays) {
    test(`kubectl apply --server-side -k ${name}: no errors, and no warnings except for Beyla`, async (t) => {
      // Most fields of a StatefulSet can't be changed.
      await kubernetes.kubectl(['delete', 'statefulset', '--all', '--all-namespaces', '--wait=false']);
      const { stdout, stderr } = await kubernetes.kubectl(['apply', '--server-side', '-k', overlay()]);
      t.diagnostic(`${stdout.trim().split('\n').length} objects`);
      const warnings = stderr.split('\n').filter((line) => line !== '');
      assert.equal(warnings.length, expected.length, stderr);
      for (const [index, warning] of warnings.entries()) assert.match(warning, expected[index]!);
    });

    test(`${name}: PodSecurity accepts the pods, and no object is too large`, async () => {
      const { stdout } = await kubernetes.kubectl(['kustomize', overlay()]);
      const manifests = parseManifests(stdout);
      for (const manifest of manifests) {
        const size = Buffer.byteLength(JSON.stringify(manifest));
        assert.ok(size < MOST_BYTES_OF_AN_ANNOTATION, `${manifest.metadata.name}: ${size} bytes`);
      }
      const items = manifests.filter(({ spec }) => spec?.template).map(podOf);
      assert.ok(items.length >= 7);
      const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
      await kubernetes.kubectl(['create', '--dry-run=server', '-f', '-'], list);
    });
  }

  test('kubectl apply -k kubernetes, without --server-side, as in the README', async () => {
    await kubernetes.kubectl(['delete', 'statefulset', '--all', '--all-namespaces', '--wait=false']);
    await kubernetes.kubectl(['apply', '-k', path.join(root, 'kubernetes')]);
  });

  test('PodSecurity rejects all other pods', async () => {
    for (const namespace of ['mythical', 'monitoring']) {
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'root', namespace } };
      const spec = { containers: [{ name: 'root', image: 'busybox' }] };
      await assert.rejects(
        kubernetes.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify({ ...pod, spec })),
        /violates PodSecurity "restricted:latest"/,
      );
    }
  });

  const own = ['mythical', 'monitoring', 'beyla'];
  for (const [name, account, expected] of [
    [
      'Alloy',
      'monitoring:alloy',
      [
        ...own.flatMap((namespace) => ['get', 'list', 'watch'].map((verb) => `${verb} pods in ${namespace}`)),
        ...own.map((namespace) => `get pods/log in ${namespace}`),
        'list nodes',
        'watch nodes',
        'get nodes/metrics',
      ],
    ],
    [
      'Beyla',
      'beyla:beyla',
      ['pods', 'nodes', 'replicasets'].flatMap((resource) => ['list', 'watch'].map((verb) => `${verb} ${resource}`)),
    ],
    ['a pod of the application', 'mythical:default', []],
  ] as const) {
    test(`${name} may do only what it needs`, async (t) => {
      const allowed: string[] = [];
      let asked = 0;
      for (const batch of batches(everyAccess())) {
        const answers = await Promise.all(
          batch.map((access) => kubernetes.allows(`system:serviceaccount:${account}`, access)),
        );
        asked += answers.length;
        allowed.push(...batch.filter((_, index) => answers[index]).map(describeAccess));
      }
      t.diagnostic(`${asked} questions; allowed: ${allowed.join(', ') || 'nothing'}`);
      // What is allowed everywhere is also allowed in each namespace.
      const cluster = allowed.filter((access) => !access.includes(' in '));
      const narrower = allowed.filter((access) => !cluster.some((all) => access.startsWith(`${all} in `)));
      assert.deepEqual(narrower.toSorted(), [...expected].toSorted());
    });
  }
});

/** A pod as a controller would create it. Its storage claims can be any volume. */
function podOf({ metadata, spec }: Manifest): object {
  const { template, volumeClaimTemplates = [] } = spec as {
    template: { metadata: object; spec: { volumes?: object[] } };
    volumeClaimTemplates?: { metadata: { name: string } }[];
  };
  const claimed = volumeClaimTemplates.map(({ metadata: { name } }) => ({ name, emptyDir: {} }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...template.metadata, name: metadata.name, namespace: metadata.namespace },
    spec: { ...template.spec, volumes: [...(template.spec.volumes ?? []), ...claimed] },
  };
}

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'];
const NAMESPACES = [undefined, 'mythical', 'monitoring', 'beyla', 'default', 'kube-system'];
const RESOURCES = [
  ...['pods', 'pods/log', 'pods/exec', 'pods/attach', 'pods/portforward', 'pods/proxy', 'pods/ephemeralcontainers'],
  ...['pods/eviction', 'services', 'services/proxy', 'endpoints', 'configmaps', 'secrets', 'events', 'namespaces'],
  ...['serviceaccounts', 'serviceaccounts/token', 'persistentvolumeclaims', 'persistentvolumes'],
  ...['nodes', 'nodes/metrics', 'nodes/proxy', 'nodes/stats', 'nodes/log', 'nodes/status'],
];
const RESOURCES_OF_GROUPS = {
  apps: ['deployments', 'statefulsets', 'daemonsets', 'replicasets'],
  batch: ['jobs', 'cronjobs'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  'discovery.k8s.io': ['endpointslices'],
  'rbac.authorization.k8s.io': ['roles', 'rolebindings', 'clusterroles', 'clusterrolebindings'],
};

function everyAccess(): Access[] {
  const resources = Object.entries({ '': RESOURCES, ...RESOURCES_OF_GROUPS }).flatMap(([group, names]) =>
    names.map((name) => {
      const [resource = '', subresource] = name.split('/');
      return { group, resource, ...(subresource && { subresource }) };
    }),
  );
  return NAMESPACES.flatMap((namespace) =>
    VERBS.flatMap((verb) => resources.map((one) => ({ ...one, verb, ...(namespace && { namespace }) }))),
  );
}

function describeAccess({ verb, resource, subresource, namespace }: Access): string {
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''}${namespace ? ` in ${namespace}` : ''}`;
}

function batches<T>(all: T[], size = 100): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
