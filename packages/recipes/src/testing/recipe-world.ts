import {
  buildKey,
  CacheManager,
  resolvePolicy,
  type Scope,
  type Selector,
  singleProcess,
} from '@pilotlight/cache-core';
import { type DomainEvent, invalidationsOf } from '@pilotlight/contracts';
import { createOrigin, type Origin } from '@pilotlight/origin';
import { migratedDatabase } from '@pilotlight/stack/vitest';
import { RECIPES, recipeOf } from '../recipes.ts';
import { type InvalidationTally, note, type Question } from './tally.ts';

/** A real origin behind a cache. After each change, the cached answers are compared with the origin's. */
export interface RecipeWorld {
  readonly origin: Origin;
  /** Returns the file's id; no answer includes its records yet. */
  upload(bytes: Buffer | string, name?: string): Promise<string>;
  index(fileId: string): Promise<DomainEvent>;
  remove(fileId: string): Promise<DomainEvent>;
  /** Computes and caches the answers. */
  ask(questions: readonly Question[]): Promise<void>;
  /** Applies the event of a change, reads again, and records the served and the expected answers. */
  judge(questions: readonly Question[], event: DomainEvent, tally: InvalidationTally): Promise<void>;
  close(): Promise<void>;
}

/** Replacements that control tests use for the invalidations of an event and the scopes of an answer. */
export interface Swapped {
  readonly selectorsOf?: (event: DomainEvent) => readonly Selector[];
  readonly scopeOf?: (said: Scope) => Scope;
}

const POLICY = resolvePolicy({ freshFor: '1h', earlyRefresh: 0 });
const AT_A_TIME = 6;

export async function openRecipeWorld(swapped: Swapped = {}): Promise<RecipeWorld> {
  const database = await migratedDatabase();
  const errors: unknown[] = [];
  const origin = createOrigin({ databaseUrl: database.url, onError: (error) => errors.push(error) });
  const cache = new CacheManager({ ports: singleProcess() });
  await cache.start();
  const { selectorsOf = invalidationsOf, scopeOf = (said) => said } = swapped;
  const truths = new Map<string, string>();
  const ask = async (question: Question) => {
    const key = buildKey(storedOf(question));
    const { answer, said } = await compute(origin, question);
    const { cached, outcome } = await cache.internal.reader.read(
      key,
      (context) => {
        for (const scope of said) context.scope(scopeOf(scope));
        return answer;
      },
      POLICY,
      null,
    );
    const before = truths.get(key);
    const now = comparable(answer);
    truths.set(key, now);
    return { before, now, served: comparable(cached.value()), isHit: outcome.outcome === 'hit' };
  };
  return {
    origin,
    upload: async (bytes, name = 'app.log') => {
      const upload = await origin.uploads.begin(name);
      await upload.write(Buffer.from(bytes));
      return (await upload.commit()).file.id;
    },
    index: async (fileId) => {
      const result = await origin.ingest(fileId);
      if (result.outcome !== 'indexed') throw new Error(`expected ${fileId} to be indexed, it is ${result.outcome}`);
      return result.event;
    },
    remove: async (fileId) => {
      const event = await origin.files.delete(fileId);
      if (event === null) throw new Error(`expected a file ${fileId} to delete`);
      return event;
    },
    ask: (questions) => someAtATime(questions, async (question) => void (await ask(question))),
    judge: async (questions, event, tally) => {
      const { state } = await cache.invalidate(selectorsOf(event), { eventId: event.id });
      if (state !== 'applied') throw new Error(`expected the invalidation to be applied, it is ${state}`);
      await someAtATime(questions, async (question) => note(tally, question, event, await ask(question)));
    },
    close: async () => {
      await cache.close();
      await origin.close();
      await database.drop();
      if (errors.length > 0) throw errors[0];
    },
  };
}

const storedOf = ({ of, asks }: Question) => ({ prefix: of, name: RECIPES[of].name, params: asks });

/** Returns the origin's current answer, and the scope that its load declares. */
async function compute(origin: Origin, question: Question) {
  const recipe = recipeOf(storedOf(question));
  if (recipe === null) throw new Error(`expected a question that can be asked, got ${JSON.stringify(question)}`);
  const said: Scope[] = [];
  const { signal } = new AbortController();
  const answer = await recipe.load(origin, { kind: () => undefined, scope: (scope) => said.push(scope), signal });
  return { answer, said };
}

/** Returns an answer without its duration. */
const comparable = (answer: unknown): string =>
  JSON.stringify(answer, (name, value: unknown) => (name === 'took_ms' ? undefined : value));

async function someAtATime<Item>(items: readonly Item[], each: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await each(item);
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
}
