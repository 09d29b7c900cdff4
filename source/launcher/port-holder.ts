import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';

/** The state of a listening socket in /proc/net/tcp. */
const LISTEN = '0A';

/**
 * The process that listens on a local TCP port, such as "node (process 4711)". Undefined if unknown: only Linux tells
 * without another program, and only about the user's own processes.
 */
export async function portHolder(port: number): Promise<string | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((name) => readFile(`/proc/net/${name}`, 'utf8').catch(() => '')),
  );
  const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)));
  if (sockets.size === 0) return undefined;
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const handles = await readdir(`/proc/${pid}/fd`).catch(() => []);
    const targets = await Promise.all(handles.map((handle) => readlink(`/proc/${pid}/fd/${handle}`).catch(() => '')));
    if (!targets.some((target) => sockets.has(target))) continue;
    const [program] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    return `${basename(program || 'a program')} (process ${pid})`;
  }
  return undefined;
}

/** Parses /proc/net/tcp, see proc(5): `sl local_address rem_address st … inode`, addresses in hexadecimal. */
function listeningSockets(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && fields[3] === LISTEN)
    .map((fields) => `socket:[${fields[9]}]`);
}
