import { freePort } from '../../source/launcher/ports.ts';
import { closing } from './closing.ts';
import { inProject } from './project.ts';
import { type RunningService, type Sandbox, startProgram, startSandbox } from './sandbox.ts';

/** The browser app as a user opens it, with the server, a real Postgres, and a lens that receives the browser's telemetry. */
export type BrowserApp = AsyncDisposable & {
  sandbox: Sandbox;
  server: RunningService;
  /** The page's URL, without a trailing slash. */
  url: string;
};

const MAIN = inProject('source/frontend/main.ts');

/** @param serverEnv additions to the server's environment, or overrides */
export async function startBrowserApp(serverEnv: Record<string, string> = {}): Promise<BrowserApp> {
  await using resources = new AsyncDisposableStack();
  const [port, serverPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${port}`;
  const sandbox = resources.use(await startSandbox({ faroOrigins: [url] }));
  const { url: lens } = sandbox.lens;
  const [server, frontend] = await Promise.all([
    sandbox.start('server', {
      PORT: String(serverPort),
      CORS_ALLOWED_ORIGINS: url,
      FARO_URL: `${lens}/collect`,
      TRACE_URL: `${lens}/#/trace/{traceId}`,
      LOGS_URL: `${lens}/#/logs?trace={traceId}`,
      PROFILE_URL: `${lens}/#/flame?service=mythical-server&type=cpu`,
      ...serverEnv,
    }),
    startProgram('frontend', MAIN, { PORT: String(port), PUBLIC_API_URL: `http://127.0.0.1:${serverPort}` }),
  ]);
  resources.defer(async () => void (await frontend.stop()));
  return closing(resources, { sandbox, server, url });
}
