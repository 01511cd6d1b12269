import {
  buildKey,
  type CacheKey,
  type LearningOptions,
  type LoadContext,
  type ResolvedPolicy,
  resolvePolicy,
} from '@pilotlight/cache-core';
import {
  type DataScope,
  filesQuerySchema,
  scopeOfQuery,
  searchBodySchema,
  statsQuerySchema,
} from '@pilotlight/contracts';
import type { LogStore, Origin } from '@pilotlight/origin';
import type { z } from 'zod';
import { filesByEvents } from './files-by-events.ts';
import { kindOfList, kindOfRecords } from './kinds.ts';

/**
 * A cached answer: its key, its fresh time and its computation. The api computes it for a reader and a worker to warm the cache, both
 * from the same validated input.
 */
export interface CachedAnswer<Schema extends z.ZodType = z.ZodType> {
  readonly prefix: string;
  readonly name: string;
  /** How long it is fresh, in seconds. */
  readonly timeout: number;
  /** Parses the input, which becomes part of the key. Parsing the output again must not change it. */
  readonly schema: Schema;
  /** Whether it reads records, and not only files. Defaults to false. */
  readonly readsRecords?: boolean;
  /** Whether clients decide how long its load takes, so that it needs limits of its own. Defaults to false. */
  readonly isSearch?: boolean;
  /** Returns the part of the records that the answer depends on. Without it, the answer depends on everything. */
  scopeOf?(input: z.output<Schema>): DataScope;
  /** Returns the kind of the answer: answers of one kind change about as often. Learnt times share what they learn within a kind. */
  kindOf(input: z.output<Schema>): string;
  /** The inputs that most clients request first. Defaults to none. */
  readonly common?: readonly z.input<Schema>[];
  /** Fields in which two computations of one state may differ. Defaults to none. */
  readonly incomparable?: readonly string[];
  /** Returns the decoded answer without fields that change without an event. Without it, every change has an event. */
  changedByEvents?(answer: unknown): unknown;
  /** @param signal aborted once no reader waits for the answer; the origin has to stop computing it */
  compute(origin: Origin, input: z.output<Schema>, signal: AbortSignal): Promise<object>;
}

/** Returns its argument; makes the compiler check that the parts of an answer have one input type. */
const answer = <Schema extends z.ZodType>(parts: CachedAnswer<Schema>): CachedAnswer<Schema> => parts;

export const RECIPES = {
  stats: answer({
    prefix: 'stats',
    name: 'get_stats',
    timeout: 60,
    schema: statsQuerySchema,
    readsRecords: true,
    common: [{}],
    scopeOf: scopeOfQuery,
    kindOf: kindOfRecords,
    compute: async (origin, query, signal) => ({ success: true, stats: await origin.logs.stats(query, signal) }),
  }),
  search: answer({
    prefix: 'search',
    name: 'search_logs',
    timeout: 300,
    schema: searchBodySchema,
    readsRecords: true,
    isSearch: true,
    scopeOf: scopeOfQuery,
    kindOf: kindOfRecords,
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
    kindOf: kindOfList,
    compute: async (origin, query, signal) => ({ success: true, ...(await origin.files.list(query, signal)) }),
  }),
} as const;

/** The part of a load's context that an answer uses. */
type AnswerContext = Pick<LoadContext, 'kind' | 'scope' | 'signal'>;

/** Loads an answer, on every path: declares its kind and the part of the data that it depends on, then computes it. */
export async function loadAnswer<Schema extends z.ZodType>(
  { scopeOf, kindOf, compute }: Pick<CachedAnswer<Schema>, 'scopeOf' | 'kindOf' | 'compute'>,
  origin: Origin,
  input: z.output<Schema>,
  context: AnswerContext,
): Promise<object> {
  context.kind(kindOf(input));
  if (scopeOf) context.scope(scopeOf(input));
  return await compute(origin, input, context.signal);
}

/** The part of an answer that its policy is made from. */
type PolicyParts = Pick<CachedAnswer, 'timeout' | 'readsRecords' | 'isSearch' | 'incomparable'>;
/** On: every change of records has an event, and replays of such data need fewer loads at no stale read (decision 42). */
const LEARNING_MODE: LearningOptions['mode'] = 'on';
/** The share of a key's reads that may get data which changed without an event. A smaller one than the default costs few of the saved loads. */
const MAX_STALE_SHARE = 0.01;
/** A learnt time is at least the fixed time divided by this, and at most the fixed time multiplied by it. */
const LEARNING_SPAN = 5;

type Store = { readonly logs: Pick<LogStore, 'name'> };

/** The origins that `originOf` returns, beside the default one of each cache. */
export const ORIGINS = { search: 'search', elasticsearch: 'elasticsearch' } as const;

/**
 * Returns the name that the cache knows the answer's origin by. Each has its own limits and its own circuit breaker: searches, so that
 * slow ones do not keep stats and lists waiting, and Elasticsearch, so that its failures do not stop the reads of Postgres.
 */
export function originOf(
  { readsRecords = false, isSearch = false }: Pick<PolicyParts, 'readsRecords' | 'isSearch'>,
  { logs }: Store,
): string {
  if (isSearch) return ORIGINS.search;
  return readsRecords && logs.name === 'elasticsearch' ? ORIGINS.elasticsearch : 'default';
}

/**
 * Returns how the fresh time of the answer is learnt: between a fifth and five times its fixed time. Two answers are compared without
 * the fields in which two computations of one state may differ.
 */
export function learningOf({ timeout, incomparable = [] }: PolicyParts): LearningOptions {
  const fixedMs = timeout * 1_000;
  return {
    mode: LEARNING_MODE,
    between: [fixedMs / LEARNING_SPAN, fixedMs * LEARNING_SPAN],
    outdatedShare: MAX_STALE_SHARE,
    ignoring: incomparable,
  };
}

/** Returns the policy that `cacheResult({ timeout, learn })` derives, so that a warmed answer is fresh as long as a loaded one. */
export function policyOf(answer: PolicyParts, origin: Store): ResolvedPolicy {
  const freshFor = answer.timeout * 1_000;
  return resolvePolicy({ freshFor, learn: learningOf(answer), origin: originOf(answer, origin) });
}

/**
 * Returns the computation of a stored recipe, or null if the answer no longer exists or its input no longer parses. A recipe may have
 * been stored by another release.
 */
export function recipeOf(
  stored: { prefix: string; name: string; params: unknown },
  answers: readonly CachedAnswer[] = Object.values(RECIPES),
): (PolicyParts & { key: CacheKey; load(origin: Origin, context: AnswerContext): Promise<object> }) | null {
  const recipe = answers.find(({ prefix, name }) => prefix === stored.prefix && name === stored.name);
  const input = recipe?.schema.safeParse(stored.params);
  if (!recipe || !input?.success) return null;
  const { prefix, name, timeout, readsRecords = false, isSearch = false, incomparable = [] } = recipe;
  const key = buildKey({ prefix, name, params: input.data });
  const load = (origin: Origin, context: AnswerContext) => loadAnswer(recipe, origin, input.data, context);
  return { key, timeout, readsRecords, isSearch, incomparable, load };
}
