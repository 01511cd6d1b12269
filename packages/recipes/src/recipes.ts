import { buildKey, type CacheKey, type LoadContext, type ResolvedPolicy, resolvePolicy } from '@pilotlight/cache-core';
import {
  type DataScope,
  filesQuerySchema,
  scopeOfQuery,
  searchBodySchema,
  statsQuerySchema,
} from '@pilotlight/contracts';
import type { Origin } from '@pilotlight/origin';
import type { z } from 'zod';
import { filesByEvents } from './files-by-events.ts';

/**
 * One of the expensive answers: how its key is made, how long it is fresh, and how it is computed. The api computes it
 * for a reader, a worker for nobody in particular; both from the same validated input.
 */
export interface CachedAnswer<Schema extends z.ZodType = z.ZodType> {
  readonly prefix: string;
  readonly name: string;
  /** Seconds that it is fresh. */
  readonly timeout: number;
  /** What goes into the key: parsed again, it stays the same. */
  readonly schema: Schema;
  /** What part of the records the answer depends on. Absent: all of them, and all else. */
  scopeOf?(input: z.output<Schema>): DataScope;
  /** The inputs that most people ask first. Default: none. */
  readonly common?: readonly z.input<Schema>[];
  /** Members that two computations of one state may differ in. Default: none. */
  readonly incomparable?: readonly string[];
  /** The answer, decoded, as far as every change of it has an event. Absent: all of it. */
  changedByEvents?(answer: unknown): unknown;
  /** @param signal aborted once no reader waits for the answer: the origin has to stop working on it */
  compute(origin: Origin, input: z.output<Schema>, signal: AbortSignal): Promise<object>;
}

/** Holds an answer's parts to each other. */
const answer = <Schema extends z.ZodType>(parts: CachedAnswer<Schema>): CachedAnswer<Schema> => parts;

export const RECIPES = {
  stats: answer({
    prefix: 'stats',
    name: 'get_stats',
    timeout: 60,
    schema: statsQuerySchema,
    common: [{}],
    scopeOf: scopeOfQuery,
    compute: async (origin, query, signal) => ({ success: true, stats: await origin.logs.stats(query, signal) }),
  }),
  search: answer({
    prefix: 'search',
    name: 'search_logs',
    timeout: 300,
    schema: searchBodySchema,
    scopeOf: scopeOfQuery,
    incomparable: ['took_ms'],
    compute: async (origin, query, signal) => ({ success: true, ...(await origin.logs.search(query, signal)) }),
  }),
  files: answer({
    prefix: 'files',
    name: 'list_files',
    timeout: 600,
    schema: filesQuerySchema,
    common: [{}],
    changedByEvents: filesByEvents,
    compute: async (origin, query, signal) => ({ success: true, ...(await origin.files.list(query, signal)) }),
  }),
} as const;

/** What a load needs: where to say what the answer depends on, and when to stop. */
type AnswerContext = Pick<LoadContext, 'scope' | 'signal'>;

/** The load of an answer, on every path: says what part of the data it depends on, then computes it. */
export async function loadAnswer<Schema extends z.ZodType>(
  { scopeOf, compute }: Pick<CachedAnswer<Schema>, 'scopeOf' | 'compute'>,
  origin: Origin,
  input: z.output<Schema>,
  context: AnswerContext,
): Promise<object> {
  if (scopeOf) context.scope(scopeOf(input));
  return await compute(origin, input, context.signal);
}

/** What `cacheResult({ timeout })` makes of a recipe's time, so that a warmed answer lives as long as a loaded one. */
export function policyOf({ timeout }: { readonly timeout: number }): ResolvedPolicy {
  return resolvePolicy({ freshFor: timeout * 1_000 });
}

/**
 * The computation of a stored recipe, or null when there is no such answer (any more) or its input no longer parses:
 * what was stored before a deploy is data from outside.
 */
export function recipeOf(
  stored: { prefix: string; name: string; params: unknown },
  answers: readonly CachedAnswer[] = Object.values(RECIPES),
): { key: CacheKey; timeout: number; load(origin: Origin, context: AnswerContext): Promise<object> } | null {
  const recipe = answers.find(({ prefix, name }) => prefix === stored.prefix && name === stored.name);
  const input = recipe?.schema.safeParse(stored.params);
  if (!recipe || !input?.success) return null;
  const { prefix, name, timeout } = recipe;
  const key = buildKey({ prefix, name, params: input.data });
  return { key, timeout, load: (origin, context) => loadAnswer(recipe, origin, input.data, context) };
}
