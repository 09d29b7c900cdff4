import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { freePort } from '../../source/launcher/ports.ts';
import { startAlloy } from '../support/alloy.ts';
import { type BrowserApp, startBrowserApp } from '../support/browser-app.ts';
import { launchChromium, missingChromium } from '../support/chromium.ts';
import { read } from '../support/project.ts';
import { realProgram } from '../support/real-program.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { until } from '../support/until.ts';
import { useStarted } from '../support/use-started.ts';

/**
 * The browser app and the real Alloy, with the stack's module: does the collector accept the browser's requests, and what
 * becomes of them? Alloy forwards them to lens, as it does to Loki and Tempo.
 */

const { path: alloy, skip: missing } = await realProgram('alloy');

describe('the browser app with Alloy', { skip: missing || missingChromium() }, () => {
  let faroPort: number;
  before(async () => {
    faroPort = await freePort();
  });
  const browser = useStarted(launchChromium);
  const app = useStarted(() => startBrowserApp({ FARO_URL: `http://127.0.0.1:${faroPort}/collect` }));
  useStarted(() => startForwardingAlloy(faroPort, app));

  test('session, Web Vitals, an error and a custom event become log lines, and an action becomes one trace', async () => {
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (message) => {
      if (/CORS|ERR_FAILED/.test(message.text())) refused.push(message.text());
    });
    await page.goto(app.url);
    await page.getByRole('button', { name: 'Throw an error' }).click();
    await page.getByRole('button', { name: 'Add unicorn' }).click();
    const action = page.getByTestId('followed').locator('li', { hasText: 'Add unicorn' });
    const traceId = (await action.getByTestId('trace-id').textContent())!;

    const arrived = async (...parts: string[]) => {
      const conditions = parts.map((part) => `body like '%${part}%'`).join(' and ');
      const [line] = await until(
        () =>
          app.sandbox.rows<{ service: string; trace_id: string | null; body: string }>(
            `select service, trace_id, body from logs where source = 'loki' and ${conditions}`,
          ),
        { what: () => `${parts}; CORS errors in the browser: ${refused}` },
      );
      assert.equal(line!.service, 'mythical-frontend');
      return line!;
    };
    await arrived('kind=event', 'event_name=session_start', 'session_id=');
    await arrived('kind=measurement', 'type=web-vitals', 'fcp=');
    const error = await arrived('kind=exception', 'no needle in this haystack', 'stacktrace=');
    // Alloy has fetched the source map from the page's own server.
    assert.match(error.body, /at [^(]*\(http:[^)]*\/parts\/browser-faults\.tsx:\d+:\d+\)/);
    const event = await arrived('kind=event', 'event_name=beast_added', `traceID=${traceId}`);
    assert.equal(event.trace_id, traceId);

    const services = await until(
      async () => {
        const spans = await app.sandbox.rows<{ service: string }>(
          `select service from spans where trace_id = '${traceId}' order by start_time, duration_ms desc`,
        );
        return spans.length === 4 && spans.map(({ service }) => service);
      },
      { what: () => 'the four spans of the action' },
    );
    assert.deepEqual(services, ['mythical-frontend', 'mythical-frontend', 'mythical-server', 'mythical-server']);
    assert.deepEqual(refused, []);
  });
});

async function startForwardingAlloy(
  faroPort: number,
  { url, sandbox: { lens } }: BrowserApp,
): Promise<AsyncDisposable> {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder(resources, 'alloy');
  const module = read('alloy/modules/frontend.alloy');
  const moved = module.replace(/(listen_port\s*=\s*)\d+/, `$1${faroPort}`);
  assert.notEqual(moved, module);
  await writeFile(join(folder, 'frontend.alloy'), moved);
  const config = join(folder, 'config.alloy');
  await writeFile(
    config,
    `import.file "frontend" { filename = "${join(folder, 'frontend.alloy')}" }
    frontend.browser "default" {
      allowed_origins = ["${url}"]
      logs            = [loki.write.lens.receiver]
      traces          = [otelcol.exporter.otlphttp.lens.input]
    }
    loki.write "lens" { endpoint { url = "${lens.url}/loki/api/v1/push" } }
    otelcol.exporter.otlphttp "lens" { client { endpoint = "${lens.otlpHttpUrl}" } }`,
  );
  resources.use(await startAlloy(alloy!, { config, folder, page: await freePort() }));
  return resources.move();
}
