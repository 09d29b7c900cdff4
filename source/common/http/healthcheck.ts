// Asks the service in this container whether it is ready. For Docker, which takes the exit code: the image has no curl.
import { messageOf } from '../error-message.ts';
import { FRONTEND, SERVICES } from '../services.ts';

const parts: Record<string, { port: number }> = { ...SERVICES, frontend: FRONTEND };
const port = process.env.PORT || parts[process.env.SERVICE ?? '']?.port;

try {
  const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4_000) });
  console.log(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.log(messageOf(error));
  process.exitCode = 1;
}
