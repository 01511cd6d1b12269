import { BlockList, isIP } from 'node:net';

/** The addresses of the proxies in front of the api. */
export type TrustedProxies = Pick<BlockList, 'check'>;

/**
 * Parses addresses and networks separated by commas: `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`. Returns null if an entry has another
 * form.
 */
export function parseTrustedProxies(text: string): TrustedProxies | null {
  const list = new BlockList();
  for (const entry of text.split(',').map((each) => each.trim())) {
    const [, address = '', prefix] = /^([\da-f.:]+)(?:\/(\d{1,3}))?$/i.exec(entry) ?? [];
    const version = isIP(address);
    if (version === 0) return null;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    const bits = version === 4 ? 32 : 128;
    if (prefix === undefined) list.addAddress(address, family);
    else if (Number(prefix) <= bits) list.addSubnet(address, Number(prefix), family);
    else return null;
  }
  return list;
}
