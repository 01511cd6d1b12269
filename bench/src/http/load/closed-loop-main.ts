// Sends requests of any method in a closed loop, and prints the totals that wrk prints with its script.
import { percentile } from '../../row.ts';
import { Exchange } from './exchange.ts';
import { pathsOf, type Requests, textOf } from './requests.ts';

const { url, requests, connections, seconds } = JSON.parse(process.argv[2] ?? '{}') as {
  url: string;
  requests: Requests;
  connections: number;
  seconds: number;
};
const { before, after } = textOf(url, requests);
const nextPath = pathsOf(requests.paths);
const latencies: number[] = [];
let refused = 0;
let broken = 0;
const began = performance.now();
const until = began + seconds * 1_000;

function repeat(exchange: Exchange, done: () => void): void {
  const sentAt = performance.now();
  exchange.send(before + nextPath() + after, (status) => {
    const now = performance.now();
    if (status === 0) broken++;
    else latencies.push(now - sentAt);
    if (status >= 400) refused++;
    if (now < until && exchange.isOpen) return repeat(exchange, done);
    exchange.close();
    done();
  });
}

const target = new URL(url);
await Promise.all(
  Array.from(
    { length: connections },
    () => new Promise<void>((done) => repeat(new Exchange(target, { hasBody: requests.method !== 'HEAD' }), done)),
  ),
);
const us = (ms: number) => Math.round(ms * 1_000);
console.log(
  JSON.stringify({
    requests: latencies.length,
    durationUs: us(performance.now() - began),
    p50Us: us(percentile(latencies, 0.5)),
    p99Us: us(percentile(latencies, 0.99)),
    refused,
    broken,
  }),
);
