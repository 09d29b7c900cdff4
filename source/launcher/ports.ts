import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { UserError } from '@mythical/common/lifecycle';
import { portHolder } from './port-holder.ts';
import type { PortUse } from './settings.ts';
import { until } from './until.ts';

/**
 * Both loopback addresses: browsers often resolve `localhost` to ::1 first, so another server there would hide ours. On
 * Linux, either finds a server that listens on all addresses.
 */
const LOOPBACK = ['127.0.0.1', '::1'];

/** @throws {UserError} with a line per port in use, which suggests a free one */
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

/** Waits for the ports of a killed sandbox, whose processes stop within 10 s; then gives up. */
export async function untilFree(uses: PortUse[]): Promise<void> {
  await until(async () => (await takenOf(uses)).length === 0, { timeoutMs: 12_000 }).catch(() => {});
}

async function takenOf(uses: PortUse[]): Promise<PortUse[]> {
  const free = await Promise.all(uses.map(({ port }) => isFree(port)));
  return uses.filter((_, index) => !free[index]);
}

/**
 * Ports below the ephemeral ranges (from 32768 on Linux, 49152 elsewhere), so that no outgoing connection takes the
 * port before it is used.
 */
const FREE_PORTS = { first: 20_000, last: 32_767 };
const given = new Set<number>();

/** A port that is free right now, a different one on each call. */
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

/** Whether the port is free right now. */
export async function isFree(port: number): Promise<boolean> {
  const results = await Promise.all(LOOPBACK.map((address) => canListen(port, address)));
  return !results.includes(false);
}

function canListen(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    // Without IPv6, listening on ::1 fails with another error: only these two mean that the port is taken.
    server.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE' && code !== 'EACCES'));
    server.listen(port, address, () => server.close(() => resolve(true)));
  });
}
