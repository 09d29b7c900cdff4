import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SERVICES } from '@mythical/common/services';
import { parse } from 'yaml';
import { read } from '../support/project.ts';

describe('notifications', () => {
  const address = `http://${SERVICES.recorder.name}:${SERVICES.recorder.port}/notifications`;

  test('the Alertmanager notifies the recorder, and nothing outside the sandbox', () => {
    const { route, receivers } = parse(read('mimir/alertmanager.yaml'));
    assert.deepEqual(
      receivers.map(({ name }: { name: string }) => name),
      [route.receiver],
    );
    for (const { name: _, ...kinds } of receivers) assert.deepEqual(Object.keys(kinds), ['webhook_configs']);
    assert.equal(receivers[0].webhook_configs[0].url, address);
    assert.ok(receivers[0].webhook_configs[0].max_alerts <= 100, 'as many as the recorder accepts');
  });

  test('a single Mimir does not stop after the first notification', () => {
    const { sharding_ring } = parse(read('mimir/mimir.yml')).alertmanager;
    assert.ok(sharding_ring.replication_factor > 1, 'with 1, it does: see mimir/mimir.yml');
  });

  test('Grafana does the same for its own alerts', () => {
    const { contactPoints } = parse(read('grafana/provisioning/alerting/contact-points.yaml'));
    const { policies } = parse(read('grafana/provisioning/alerting/policies.yaml'));
    assert.equal(contactPoints.length, 1);
    const [{ name, receivers }] = contactPoints;
    assert.deepEqual(
      policies.map(({ receiver }: { receiver: string }) => receiver),
      [name],
    );
    assert.equal(receivers.length, 1);
    assert.equal(receivers[0].type, 'webhook');
    assert.equal(receivers[0].settings.url, address);
    assert.ok(
      read('docker-compose.yml').includes('./grafana/provisioning/alerting:/etc/grafana/provisioning/alerting:ro'),
    );
  });

  test('Grafana has the Alertmanager, and the data sources whose rulers send to it', () => {
    const { datasources } = parse(read('grafana/provisioning/datasources/datasources.yaml')) as {
      datasources: { uid: string; type: string; url: string; jsonData: Record<string, unknown> }[];
    };
    const alertmanager = datasources.find(({ type }) => type === 'alertmanager');
    const { ruler } = parse(read('loki/loki.yaml'));
    assert.equal(alertmanager?.url, ruler.alertmanager_url);
    for (const uid of ['mimir', 'loki']) {
      const { jsonData } = datasources.find((one) => one.uid === uid)!;
      assert.equal(jsonData.manageAlerts, true);
      assert.equal(jsonData.alertmanagerUid, alertmanager?.uid);
    }
  });

  test('links of alerts lead to Grafana, on the host and port from .env', () => {
    const compose = parse(read('docker-compose.yml'), { merge: true });
    for (const name of ['mimir', 'loki']) {
      assert.ok(
        compose.services[name].command.includes(
          // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Compose's variable
          '-ruler.external.url=http://${PUBLIC_HOST:-localhost}:${GRAFANA_PORT:-3000}',
        ),
      );
    }
  });
});
