import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { Exchange } from './exchange.ts';
import { luaScript } from './lua.ts';
import { cpuMsOf, ProcessWatch } from './process-time.ts';
import { type Paths, pathsOf, textOf } from './requests.ts';

const requests = (paths: Paths) => ({ method: 'POST' as const, headers: { A: 'b"\\' }, body: '{"q":"é"}', paths });

test('a request states the bytes of its body, not its characters', () => {
  const { before, after } = textOf('http://127.0.0.1:81', requests({ kind: 'list', paths: ['/a'] }));
  expect(`${before}/a${after}`).toBe(
    'POST /a HTTP/1.1\r\nHost: 127.0.0.1:81\r\nA: b"\\\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"q":"é"}',
  );
});

test('a counter repeats no path, and a list begins again', () => {
  const counter = pathsOf({ kind: 'counter', prefix: '/n=', from: 7 });
  expect([counter(), counter()]).toEqual(['/n=7', '/n=8']);
  const list = pathsOf({ kind: 'list', paths: ['/a', '/b'] });
  expect([list(), list(), list()]).toEqual(['/a', '/b', '/a']);
});

test('texts are escaped in the script of wrk', () => {
  const script = luaScript('http://127.0.0.1:81', requests({ kind: 'random', prefix: '/n=', count: 10 }));
  expect(script).toContain(String.raw`A: b\034\092\013\010`);
  expect(script).toContain(String.raw`\195\169`);
  expect(script).toContain('math.random(0, 9)');
});

test('the name of a process may look like the fields after it', () => {
  expect(cpuMsOf('12 (a) 1 2 (b) S 1 1 1 0 -1 4194304 100 0 0 0 30 12 0 0 20 0 1 0 99 1000 50')).toBe(420);
});

test('a watched process is busy, and one that does not exist has no shares', () => {
  if (process.platform !== 'linux') return expect(new ProcessWatch(process.pid).shares()).toBeNull();
  const watch = new ProcessWatch(process.pid);
  const began = process.cpuUsage();
  while (process.cpuUsage(began).user < 50_000); // several ticks of the kernel's accounting
  expect(watch.shares()?.busy).toBeGreaterThan(0);
  expect(new ProcessWatch(2 ** 22 + 1).shares()).toBeNull();
});

test('one connection answers a body in pieces, then HEAD, and reports its end', async () => {
  const server = createServer((request, response) => {
    response.writeHead(200, { 'content-length': 4 });
    if (request.url === '/end') return void response.destroy();
    response.write('ab');
    setImmediate(() => response.end('cd'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const ask = (exchange: Exchange, method: 'GET' | 'HEAD', path: string) => {
    const { before, after } = textOf(url.href, { method, headers: {}, paths: { kind: 'list', paths: [] } });
    return new Promise((resolve) => exchange.send(before + path + after, resolve));
  };
  const bodies = new Exchange(url, { hasBody: true });
  expect([await ask(bodies, 'GET', '/'), await ask(bodies, 'GET', '/')]).toEqual([200, 200]);
  expect([await ask(bodies, 'GET', '/end'), bodies.isOpen]).toEqual([0, false]);
  const heads = new Exchange(url, { hasBody: false });
  expect([await ask(heads, 'HEAD', '/'), await ask(heads, 'HEAD', '/')]).toEqual([200, 200]);
  heads.close();
});
