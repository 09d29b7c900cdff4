import { runProcess } from '@mythical/common/lifecycle';
import { lensUrl } from './child-environment.ts';
import { parseCommandLine } from './command-line.ts';
import { emptyDataFolder, takeDataFolder } from './data-folder.ts';
import { firstFullTrace } from './first-trace.ts';
import { stopWithParent } from './parent.ts';
import { checkPorts, untilFree } from './ports.ts';
import { stopLeftover } from './postgres-leftover.ts';
import { startSandbox } from './sandbox.ts';
import { createScreen } from './screen.ts';
import { loadSettings, portUses } from './settings.ts';

const commandLine = parseCommandLine(process.argv.slice(2));
if ('text' in commandLine) {
  const show = commandLine.exitCode === 0 ? console.log : console.error;
  show(commandLine.text);
  process.exit(commandLine.exitCode);
}

// Everything that `fetch` requests here is local, so it must not use a proxy (see NODE_USE_ENV_PROXY).
process.env.no_proxy = '*';
stopWithParent();
await runProcess(
  async (resources) => {
    const settings = loadSettings();
    const screen = createScreen();
    const folder = resources.use(await takeDataFolder(settings.dataDir));
    if (commandLine.reset) await emptyDataFolder(folder);

    const ports = portUses(settings);
    await stopLeftover(folder.postgres, screen.note);
    if (folder.wasAbandoned) await untilFree(ports);
    await checkPorts(ports);

    const parts = new AsyncDisposableStack();
    resources.defer(async () => {
      screen.note('Stopping …');
      await parts.disposeAsync();
      screen.note('Everything is stopped.');
    });
    try {
      screen.heading();
      await startSandbox({ settings, folder, screen, resources: parts });
      screen.welcome({ settings, folder, trace: await firstFullTrace(lensUrl(settings)) });
    } catch (error) {
      // Stopping the launcher during the start makes the start fail; that isn't an error.
      if (!parts.disposed) throw error;
    }
  },
  // Each part stops within 10 s, and some wait for others.
  { deadlineMs: 25_000 },
);
