import { readConfig } from '@pilotlight/runtime';
import { expect, test } from 'vitest';
import { clientAddressOf, networkOf } from './client-address.ts';

const { trustedProxies } = readConfig({
  DATABASE_URL: 'postgres://db/x',
  REDIS_CACHE_URL: 'redis://cache',
  REDIS_QUEUE_URL: 'redis://queue',
  TRUSTED_PROXIES: '10.0.0.0/8, 192.168.1.7, fd00::/8',
});

const addressOf = (remoteAddress: string | undefined, forwarded?: string, proxies = trustedProxies) =>
  clientAddressOf(
    { socket: { remoteAddress }, headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded } },
    proxies,
  );

test.for([
  ['10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['::ffff:10.1.2.3', '203.0.113.9', '203.0.113.9'],
  ['fd00::1', '2001:db8::7', '2001:db8::7'],
  ['10.1.2.3', '1.1.1.1, 203.0.113.9, 192.168.1.7', '203.0.113.9'],
  ['10.1.2.3', '1.1.1.1, 203.0.113.9,10.9.9.9', '203.0.113.9'],
  ['10.1.2.3', '10.4.4.4', '10.4.4.4'],
  ['10.1.2.3', undefined, '10.1.2.3'],
  ['10.1.2.3', '1.1.1.1, unknown', '10.1.2.3'],
  ['10.1.2.3', '', '10.1.2.3'],
  ['203.0.113.9', '1.1.1.1', '203.0.113.9'],
  [undefined, '1.1.1.1', 'unknown'],
] as const)('given a connection from %s and X-Forwarded-For %j, the client is %s', ([remote, forwarded, client]) => {
  expect(addressOf(remote, forwarded)).toBe(client);
});

test('without TRUSTED_PROXIES, X-Forwarded-For is ignored', () => {
  expect(addressOf('10.1.2.3', '1.1.1.1', null)).toBe('10.1.2.3');
});

test.for([
  ['203.0.113.9', '203.0.113.9'],
  ['2001:DB8:0:7:1:2:3:4', '2001:db8:0:7::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['unknown', 'unknown'],
] as const)('the client %s counts as %s', ([address, network]) => {
  expect(networkOf(address)).toBe(network);
});
