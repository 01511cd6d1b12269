import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TrustedProxies } from '@pilotlight/runtime';

/** The parts of node's request from which access is decided. */
export interface RequestHead extends Pick<IncomingMessage, 'headers'> {
  readonly socket: { readonly remoteAddress?: string | undefined };
}

const MAPPED = /^::ffff:(?=\d+\.)/i;
const UNKNOWN = 'unknown';

/**
 * Returns the address of the client: that of the connection or, if it is a trusted proxy's, the last address of `X-Forwarded-For`
 * that is not one. A proxy appends the address from which it got the request, so earlier addresses are claims of the client. An entry
 * that is not an address ends the search: the proxy that passed it on counts as the client.
 */
export function clientAddressOf({ socket, headers }: RequestHead, proxies: TrustedProxies | null): string {
  let address = plain(socket.remoteAddress ?? UNKNOWN);
  if (proxies === null) return address;
  const forwarded = String(headers['x-forwarded-for'] ?? '').split(',');
  while (isTrusted(proxies, address)) {
    const next = plain(forwarded.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    address = next;
  }
  return address;
}

function isTrusted(proxies: TrustedProxies, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && proxies.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

function plain(address: string): string {
  return address.replace(MAPPED, '');
}

const NETWORK_GROUPS = 4;

/** Returns for whom an address counts: an IPv6 client has a network of 64 bits to choose addresses from, so that counts as one. */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.split('%', 1)[0]?.toLowerCase().split('::') ?? [];
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const filled = tail === undefined ? groups : [...groups, ...zeros(8 - groups.length - after.length), ...after];
  const network = filled.slice(0, NETWORK_GROUPS).map((group) => Number.parseInt(group, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function zeros(count: number): string[] {
  return Array.from({ length: count }, () => '0');
}
