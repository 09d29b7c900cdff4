// Docker's healthcheck: exits with 0 if the service in this container is ready. The image has no curl.
import { messageOf } from '../error-message.ts';
import { FRONTEND, SERVICES } from '../services.ts';
import { localUrl } from './address.ts';

const parts: Record<string, { port: number }> = { ...SERVICES, frontend: FRONTEND };
const port = Number(process.env.PORT || parts[process.env.SERVICE ?? '']?.port);
const url = localUrl(process.env.LISTEN_ADDRESS || '127.0.0.1', port);

try {
  const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(4_000) });
  console.log(await response.text());
  process.exitCode = response.ok ? 0 : 1;
} catch (error) {
  console.log(messageOf(error));
  process.exitCode = 1;
}
