import { loadConfig } from '@mythical/common/config';
import { runProcess } from '@mythical/common/lifecycle';
import { frontendSettings } from '@mythical/common/settings';
import { startFrontend } from './frontend.ts';

await runProcess(async (resources) => {
  const { url } = resources.use(await startFrontend(loadConfig(frontendSettings)));
  console.log(`level=info msg=listening url=${url}`);
});
