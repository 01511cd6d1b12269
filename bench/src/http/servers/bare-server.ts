// The minimum cost of an in-process answer: a node:http server that only sends the same bytes and headers.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { KeptAnswer } from '../kept-answer.ts';
import { announce } from './announce.ts';

const { status, headers, body } = JSON.parse(readFileSync(process.env['BENCH_ANSWER'] ?? '', 'utf8')) as KeptAnswer;
const bytes = Buffer.from(body, 'base64');

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  const answer = () => response.writeHead(status, headers).end(bytes);
  if (request.method !== 'POST') {
    answer();
    return;
  }
  // The answer depends on the body, so all of it has to be there.
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    if (Buffer.concat(chunks).length === 0) response.writeHead(400);
    answer();
  });
});
announce(server);
