import { z } from 'zod';
import { liveAnswerSchema, readyAnswerSchema } from '../../health.ts';
import { liveStateAnswerSchema } from '../../live.ts';
import { ERRORS_PATH } from '../../problem-type.ts';
import { EVENTS, json, lastEventId } from '../answers.ts';
import { ASSET, PAGE, UNCACHED } from '../headers.ts';
import type { Route } from '../route.ts';

/** The text format of Prometheus. */
const METRICS_TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const HTML = 'text/html; charset=utf-8';

/** An OpenAPI document; its own schema is not repeated here. */
const descriptionSchema = z.looseObject({ openapi: z.literal('3.1.1'), paths: z.looseObject({}) });

/** The routes about the service itself. */
export const SERVICE = {
  getLiveness: {
    method: 'GET',
    path: '/healthz',
    tag: 'service',
    summary: 'The process is alive',
    description: 'Served under any `Host`.',
    access: 'open',
    cached: null,
    answers: { 200: json(liveAnswerSchema, 'The process is alive.') },
    errors: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/readyz',
    tag: 'service',
    summary: 'Whether the process can serve, and the state of each dependency',
    description: 'Served under any `Host`. Each dependency is probed at most once a second for all callers together.',
    access: 'open',
    cached: null,
    answers: {
      200: json(readyAnswerSchema, 'The process can serve.'),
      503: json(readyAnswerSchema, 'The process cannot serve.'),
    },
    errors: [],
  },
  getLive: {
    method: 'GET',
    path: '/api/live',
    tag: 'service',
    summary: 'The live state of the service: health, counts of the cache, what happens next',
    description:
      'Each section is sampled at most once a second for all callers together; the health less often while streams are open.',
    access: 'read',
    cached: null,
    answers: { 200: json(liveStateAnswerSchema, 'The latest sample of each section.') },
    errors: [],
  },
  streamLive: {
    method: 'GET',
    path: '/api/live/events',
    tag: 'service',
    summary: 'Streams the live state of the service',
    description:
      'Server-sent events: each section of `GET /api/live` under its name when it has changed, as `{ at, data }`, and `tick` every five seconds. The section `sampling` names those that could not be sampled, with the reason. A new stream begins with the latest sample of each section, so `Last-Event-ID` has no effect.',
    access: 'read',
    cached: null,
    headers: lastEventId,
    answers: { 200: EVENTS },
    errors: ['TOO_MANY_STREAMS', 'TOO_MANY_STREAMS_OF_CLIENT'],
  },
  openConsole: {
    method: 'GET',
    path: '/',
    tag: 'service',
    summary: 'The console: a page that shows what the cache does',
    description: 'Its pages have paths of their own: `/search`, `/files`, `/cache`, `/system`.',
    access: 'open',
    cached: null,
    answers: { 200: { description: 'The page.', type: HTML, body: null, headers: ASSET } },
    errors: [],
    mounted: true,
  },
  getMetrics: {
    method: 'GET',
    path: '/metrics',
    tag: 'service',
    summary: 'The metrics of this process for Prometheus',
    description: 'With tokens, it is served under any `Host`.',
    access: 'read',
    cached: null,
    answers: { 200: { description: 'The metrics.', type: METRICS_TEXT, body: null, headers: UNCACHED } },
    errors: [],
  },
  getDescription: {
    method: 'GET',
    path: '/openapi.json',
    tag: 'service',
    summary: 'This description',
    access: 'open',
    cached: null,
    answers: { 200: json(descriptionSchema, 'The description: OpenAPI 3.1.') },
    errors: [],
  },
  openDocs: {
    method: 'GET',
    path: '/docs',
    tag: 'service',
    summary: 'A page that shows this description and sends requests',
    access: 'open',
    cached: null,
    answers: { 200: { description: 'The page.', type: HTML, body: null, headers: PAGE } },
    errors: [],
    mounted: true,
  },
  openErrors: {
    method: 'GET',
    path: ERRORS_PATH,
    tag: 'service',
    summary: 'A page that explains every error code',
    access: 'open',
    cached: null,
    answers: {
      200: {
        description: 'The page.',
        type: HTML,
        body: null,
        headers: { ...PAGE, 'Cache-Control': z.literal('no-cache') },
      },
    },
    errors: [],
  },
  openOperations: {
    method: 'GET',
    path: '/docs/operations',
    tag: 'service',
    summary: 'A page for operators: what each fault means, and what to do',
    access: 'open',
    cached: null,
    answers: {
      200: {
        description: 'The page.',
        type: HTML,
        body: null,
        headers: { ...PAGE, 'Cache-Control': z.literal('no-cache') },
      },
    },
    errors: [],
  },
  openQueueBoard: {
    method: 'GET',
    path: '/admin/queues',
    tag: 'service',
    summary: 'Bull Board, a page that shows the queues',
    description:
      'It can retry, promote and remove jobs. In a browser, the user is `admin` and the password is the admin token.',
    access: 'admin',
    cached: null,
    answers: {
      200: { description: 'The page.', type: HTML, body: null, headers: { ...PAGE, ETag: z.string() } },
    },
    errors: [],
    mounted: true,
  },
} as const satisfies Record<string, Route>;
