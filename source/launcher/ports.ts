import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UserError } from '@mythical/common/lifecycle';
import { portHolder } from './port-holder.ts';
import type { PortUse } from './settings.ts';
import { until } from './until.ts';

/**
 * Both loopback addresses: `localhost` in a browser is often ::1 first, so somebody else's server there would hide
 * ours. On Linux a server on all addresses is found by either.
 */
const LOOPBACK = ['127.0.0.1', '::1'];

/** @throws {UserError} one line for each port that is taken, with a free one to choose. */
export async function checkPorts(uses: PortUse[]): Promise<void> {
  const taken = await takenOf(uses);
  if (taken.length === 0) return;
  const reserved = new Set(uses.map(({ port }) => port));
  const lines: string[] = [];
  for (const { port, purpose, variable } of taken) {
    const holder = await portHolder(port);
    const other = await freePortAbove(port, reserved);
    reserved.add(other);
    const by = holder ? ` by ${holder}` : '';
    lines.push(`port ${port} (${purpose}) is in use${by}; choose another with ${variable}=${other} npm start`);
  }
  throw new UserError(lines.join('\n'));
}

/** Waits for the ports of a sandbox that was killed, whose parts stop by themselves within 10 s; then gives up. */
export async function untilFree(uses: PortUse[]): Promise<void> {
  await until(async () => (await takenOf(uses)).length === 0, { timeoutMs: 12_000 }).catch(() => {});
}

async function takenOf(uses: PortUse[]): Promise<PortUse[]> {
  const free = await Promise.all(uses.map(({ port }) => isFree(port)));
  return uses.filter((_, index) => !free[index]);
}

/**
 * Ports below those that systems hand out by themselves (from 32768 on Linux, 49152 elsewhere): what is free here is not
 * taken by some connection before whoever asked for it listens.
 */
const FREE_PORTS = { first: 20_000, last: 32_767 };
const given = new Set<number>();

/** A port that nobody listens on at this moment, another one at each call. */
export async function freePort(): Promise<number> {
  for (;;) {
    const candidate = randomInt(FREE_PORTS.first, FREE_PORTS.last + 1);
    if (given.has(candidate)) continue;
    given.add(candidate);
    if (await isFree(candidate)) return candidate;
  }
}

async function freePortAbove(port: number, reserved: Set<number>): Promise<number> {
  for (let candidate = port + 1; candidate <= 65535; candidate++) {
    if (!reserved.has(candidate) && (await isFree(candidate))) return candidate;
  }
  return freePort();
}

/** Whether nobody listens on it at this moment. */
export async function isFree(port: number): Promise<boolean> {
  const results = await Promise.all(LOOPBACK.map((address) => canListen(port, address)));
  return !results.includes(false);
}

function canListen(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // A machine without IPv6 has no ::1 to be taken: only these two errors mean that we can't have the port.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
