import { messageOf } from '@mythical/common/error-message';
import { runProcess } from '@mythical/common/lifecycle';
import { loadLensConfig } from './config.ts';
import { preparePage } from './http/page.ts';
import { startLens } from './lens.ts';

await runProcess(async (resources) => {
  const lens = resources.use(await startLens(loadLensConfig()));
  console.log(`lens: page ${lens.url}, OTLP ${lens.otlpGrpcUrl} (gRPC) and ${lens.otlpHttpUrl} (HTTP)`);
  // Build the page now rather than on its first request.
  preparePage().catch((error: unknown) => console.error(`lens: ${messageOf(error)}`));
});
