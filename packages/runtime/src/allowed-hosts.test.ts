import { describe, expect, test } from 'vitest';
import { hostOf, isLoopback, parseAllowedHosts } from './allowed-hosts.ts';

describe('the name of a Host header is the one in URLs', () => {
  const rows: [string, string | undefined][] = [
    ['localhost', 'localhost'],
    ['localhost:5000', 'localhost'],
    ['LOCALHOST:5000', 'localhost'],
    ['localhost.', 'localhost'],
    ['localhost.:80', 'localhost'],
    ['localhost:', 'localhost'],
    ['127.0.0.1:5000', '127.0.0.1'],
    ['127.1', '127.0.0.1'],
    ['[::1]:5000', '[::1]'],
    ['[0:0:0:0:0:0:0:1]', '[::1]'],
    ['logs.example.com', 'logs.example.com'],
    ['', undefined],
    ['.', undefined],
    ['::1', undefined],
    ['a b', undefined],
    ['user@localhost', undefined],
    ['localhost/x', undefined],
    ['localhost#', undefined],
    ['local%68ost', undefined],
    ['localhost:99999', undefined],
    ['localhost, evil.example', undefined],
  ];
  test.for(rows)('%j', ([header, name]) => expect(hostOf(header)?.name).toBe(name));
});

test('only names and addresses of this machine are loopback', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '[::1]'].every(isLoopback)).toBe(true);
  expect(['localhost.evil.example', '127.0.0.1.evil.example', '10.0.0.1', '[::]'].some(isLoopback)).toBe(false);
});

test('a name allows pages of both schemes, an origin only its own', () => {
  const allowed = parseAllowedHosts('Logs.Example.com, https://secure.example.com/, 10.0.0.7:8080');
  expect([...(allowed?.names ?? [])]).toEqual(['logs.example.com', 'secure.example.com', '10.0.0.7']);
  expect([...(allowed?.origins ?? [])]).toEqual([
    'http://logs.example.com',
    'https://logs.example.com',
    'https://secure.example.com',
    'http://10.0.0.7:8080',
    'https://10.0.0.7:8080',
  ]);
});

test.for(['*', 'a,', 'ftp://a', 'https://a/path', 'http://', 'a b', 'https://u@a'])('%j is refused', (text) => {
  expect(parseAllowedHosts(text)).toBeNull();
});
