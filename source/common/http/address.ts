import { isIP, isIPv6 } from 'node:net';

/** A bare host name or IP address. */
export function isHost(text: string): boolean {
  return /^[\w.-]+$/.test(text) || (isIP(text) !== 0 && !text.includes('%'));
}

/** The URL of a server on this machine, for local clients. */
export function localUrl(listenAddress: string, port: number): string {
  return `http://${hostInUrl(reachable(listenAddress))}:${port}`;
}

/** The local address of a server that listens on this address, which may be a wildcard. */
export function reachable(listenAddress: string): string {
  const { hostname } = new URL(`http://${hostInUrl(listenAddress)}`);
  if (hostname === '0.0.0.0') return '127.0.0.1';
  return hostname === '[::]' ? '::1' : listenAddress;
}

/** IPv6 addresses need brackets in a URL. */
export function hostInUrl(host: string): string {
  return isIPv6(host) ? `[${host}]` : host;
}
