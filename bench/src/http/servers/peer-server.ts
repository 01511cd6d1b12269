// An Express service as the documentation of a cache library shows it. The origin is free: only the hit is measured.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import express, { type RequestHandler } from 'express';
import { CONTENDERS } from '../../engine/peers/contenders.ts';
import type { KeptAnswer } from '../kept-answer.ts';
import type { ExpressPeer } from '../others.ts';
import { announce } from './announce.ts';

const { body } = JSON.parse(readFileSync(process.env['BENCH_ANSWER'] ?? '', 'utf8')) as KeptAnswer;
const value: unknown = JSON.parse(Buffer.from(body, 'base64').toString());
const load = () => Promise.resolve(structuredClone(value));

/** `express` sends the value without a cache. */
async function handlersOf(name: ExpressPeer): Promise<RequestHandler[]> {
  if (name === 'express') return [(_request, response) => void response.json(value)];
  if (name === 'apicache') {
    const { middleware } = (await import('apicache')).default;
    return [middleware('5 minutes'), (_request, response) => void response.json(value)];
  }
  const open = await CONTENDERS[name].open();
  const redis = { cacheUrl: '', queueUrl: '' };
  const peer = await open({
    client: 'plain',
    tiers: 'memory',
    tagged: false,
    redis,
    load,
    tagsOf: () => [],
    entries: 1_000,
  });
  return [async (request, response) => void response.json(await peer.getOrLoad(request.originalUrl))];
}

const app = express();
app.disable('x-powered-by');
app.get('/{*path}', ...(await handlersOf(process.env['BENCH_PEER'] as ExpressPeer)));
announce(createServer({ keepAliveTimeout: 65_000 }, app));
