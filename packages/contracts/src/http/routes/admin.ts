import { z } from 'zod';
import { auditAnswerSchema, auditQuerySchema } from '../../audit.ts';
import { cacheKeyBodySchema, cacheKeysQuerySchema, invalidateBodySchema, warmBodySchema } from '../../cache-admin.ts';
import {
  cacheEntryAnswerSchema,
  cacheKeyAnswerSchema,
  cacheKeysAnswerSchema,
  invalidateAnswerSchema,
  resetAnswerSchema,
  warmAnswerSchema,
} from '../../cache-admin-answers.ts';
import { cacheStatsAnswerSchema } from '../../cache-stats.ts';
import { invalidationLogAnswerSchema, invalidationLogQuerySchema } from '../../invalidation-journal.ts';
import { quarantinedJobParamsSchema, retryAnswerSchema } from '../../quarantine.ts';
import { retentionBodySchema, retentionPlanAnswerSchema, retentionRunAnswerSchema } from '../../retention.ts';
import { json } from '../answers.ts';
import { FROM_DATABASE } from '../error-codes.ts';
import { PREFERENCE_APPLIED, preferWait, UNCACHED, WRITTEN } from '../headers.ts';
import type { Route } from '../route.ts';

/** The routes of the cache, of retention and of the audit log. */
export const ADMIN = {
  getCacheStats: {
    method: 'GET',
    path: '/api/cache/stats',
    tag: 'cache',
    summary: 'Counts of the cache over all processes',
    access: 'read',
    cached: null,
    answers: { 200: json(cacheStatsAnswerSchema, 'The counts since the last reset.') },
    errors: [],
  },
  resetCacheStats: {
    method: 'POST',
    path: '/api/cache/stats/reset',
    tag: 'cache',
    summary: 'Resets the counts of the cache',
    access: 'admin',
    cached: null,
    answers: { 200: json(resetAnswerSchema, 'The counts are reset.') },
    errors: ['UNREACHABLE'],
  },
  invalidateCache: {
    method: 'POST',
    path: '/api/cache/invalidate',
    tag: 'cache',
    summary: 'Invalidates a prefix, a tag or a key on every process',
    description:
      'The body has exactly one of `prefix`, `tag`, `key` and `scope`, or a `prefix` with a `scope`. The prefix `*` means every key.',
    access: 'admin',
    cached: null,
    body: {
      type: 'application/json',
      schema: invalidateBodySchema,
      required: true,
      examples: { 'a prefix': { prefix: 'stats' }, 'a dry run': { prefix: '*', dry_run: true } },
    },
    answers: {
      200: { ...json(invalidateAnswerSchema, 'The invalidation is applied on every process.'), headers: WRITTEN },
    },
    errors: ['INVALID_INPUT', 'LOG_UNREACHABLE', 'UNREACHABLE'],
  },
  explainCacheKey: {
    method: 'GET',
    path: '/api/cache/entries/:key',
    tag: 'cache',
    summary: 'Explains one key, as the process that answers sees it',
    access: 'admin',
    cached: null,
    params: z.object({ key: z.string().meta({ example: 'stats:get_stats:5d8782ea43cb739f357f783bf8902624' }) }),
    answers: { 200: json(cacheEntryAnswerSchema, 'The entry in each tier, and the answer of the next read.') },
    errors: ['INVALID_INPUT'],
  },
  findCacheKey: {
    method: 'POST',
    path: '/api/cache/key',
    tag: 'cache',
    summary: 'Computes the key of a request to a cached route',
    description:
      'The request is validated as its route would, and not sent. Its parameter `cache` is not part of the key.',
    access: 'admin',
    cached: null,
    isRead: true,
    body: {
      type: 'application/json',
      schema: cacheKeyBodySchema,
      required: true,
      examples: {
        'a path': { target: '/api/stats?service=web' },
        'a search': { method: 'POST', target: '/api/search', body: { q: 'declined' } },
      },
    },
    answers: { 200: json(cacheKeyAnswerSchema, 'The key, and the input that it was made from.') },
    errors: ['INVALID_INPUT'],
  },
  listCacheKeys: {
    method: 'GET',
    path: '/api/cache/keys',
    tag: 'cache',
    summary: 'Lists hot keys, those whose caching saves most load time first',
    access: 'admin',
    cached: null,
    query: cacheKeysQuerySchema,
    answers: { 200: json(cacheKeysAnswerSchema, 'A page of hot keys.') },
    errors: ['INVALID_INPUT', 'UNREACHABLE'],
  },
  listInvalidations: {
    method: 'GET',
    path: '/api/cache/log',
    tag: 'cache',
    summary: 'Lists the latest invalidations, newest first',
    description:
      'Positions and selectors are those of the invalidation log. When, why and which process confirmed is from a journal of the latest 500.',
    access: 'admin',
    cached: null,
    query: invalidationLogQuerySchema,
    answers: { 200: json(invalidationLogAnswerSchema, 'A page of the log.') },
    errors: ['INVALID_INPUT', 'UNREACHABLE'],
  },
  warmCache: {
    method: 'POST',
    path: '/api/cache/warm',
    tag: 'cache',
    summary: 'Loads the keys in demand that are not fresh',
    description: 'The body has exactly one of `prefix` and `key`. The prefix `*` means every key.',
    access: 'admin',
    cached: null,
    body: {
      type: 'application/json',
      schema: warmBodySchema,
      required: true,
      examples: { 'a prefix': { prefix: 'stats' } },
    },
    headers: preferWait('for the loads; the default is 10'),
    answers: {
      200: {
        ...json(warmAnswerSchema, 'The number of keys by result.'),
        headers: { ...UNCACHED, ...PREFERENCE_APPLIED },
      },
    },
    errors: ['INVALID_INPUT', 'UNREACHABLE', ...FROM_DATABASE],
  },
  getRetention: {
    method: 'GET',
    path: '/api/retention',
    tag: 'retention',
    summary: 'Lists what retention would delete now',
    access: 'admin',
    cached: null,
    answers: { 200: json(retentionPlanAnswerSchema, 'The files that are due.') },
    errors: [...FROM_DATABASE],
  },
  applyRetention: {
    method: 'POST',
    path: '/api/retention',
    tag: 'retention',
    summary: 'Deletes the files that are due, at most 1,000',
    access: 'admin',
    cached: null,
    body: {
      type: 'application/json',
      schema: retentionBodySchema,
      required: false,
      examples: { 'a dry run': { dry_run: true } },
    },
    answers: {
      200: {
        ...json(z.union([retentionPlanAnswerSchema, retentionRunAnswerSchema]), 'The files that were deleted.'),
        headers: WRITTEN,
      },
    },
    errors: ['INVALID_INPUT', ...FROM_DATABASE],
  },
  retryJob: {
    method: 'POST',
    path: '/api/quarantine/:queue/:id/retry',
    tag: 'service',
    summary: 'Retries a quarantined job',
    description:
      'The job is put back into its queue with all of its tries, and its count of crashes is reset. 404 if it is not quarantined: it was removed, or retried already.',
    access: 'admin',
    cached: null,
    params: quarantinedJobParamsSchema,
    answers: { 200: json(retryAnswerSchema, 'The job waits for a worker.') },
    errors: ['NOT_FOUND', 'UNREACHABLE'],
  },
  listAuditRecords: {
    method: 'GET',
    path: '/api/audit',
    tag: 'service',
    summary: 'Lists who deleted and invalidated what, and which tokens were used, newest first',
    access: 'admin',
    cached: null,
    query: auditQuerySchema,
    answers: { 200: json(auditAnswerSchema, 'A page of records.') },
    errors: ['INVALID_INPUT', ...FROM_DATABASE],
  },
} as const satisfies Record<string, Route>;
