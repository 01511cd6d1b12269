import { LEVELS } from '@pilotlight/contracts';
import fc from 'fast-check';
import type { RecipeWorld } from './recipe-world.ts';
import type { InvalidationTally, Question } from './tally.ts';

/** Records are at the full hours of one day, so that bounds of queries lie exactly at, just before and just after records. */
const DAY_MS = Date.UTC(2015, 4, 17);
const HOURS = 12;
const SERVICES = ['web', 'db', 'mail', 'auth', 'half \ud800', 'Web'];
const WORDS = ['start', 'stop', 'error'];

interface RandomRecord {
  readonly hour: number | null;
  readonly level: string;
  readonly service: string | null;
  readonly word: string;
}

const at = (hour: number, offsetMs = 0): string => new Date(DAY_MS + hour * 3_600_000 + offsetMs).toISOString();
const hour = fc.nat({ max: HOURS - 1 });

/** The records of a file: from one time range, with a few levels and services. Some files have no timestamps or no services. */
const randomFile: fc.Arbitrary<readonly RandomRecord[]> = fc
  .record({
    first: hour,
    hours: fc.integer({ min: 1, max: 4 }),
    levels: fc.subarray([...LEVELS], { minLength: 1, maxLength: 3 }),
    services: fc.subarray(SERVICES, { maxLength: 2 }),
    undated: fc.constantFrom(0, 0, 0, 0.3, 1),
  })
  .chain(({ first, hours, levels, services, undated }) => {
    const one = fc.record({
      hour: fc
        .tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat({ max: hours - 1 }))
        .map(([chance, more]) => (chance < undated ? null : first + more)),
      level: fc.constantFrom(...levels),
      service: services.length === 0 ? fc.constant(null) : fc.constantFrom(...services, ...services, null),
      word: fc.constantFrom(...WORDS),
    });
    const some = fc.array(one, { minLength: 1, maxLength: 3 });
    const many = fc.array(one, { minLength: 12, maxLength: 40 });
    return fc.oneof({ weight: 1, arbitrary: some }, { weight: 4, arbitrary: many });
  });

/** Returns the records as JSON lines. */
function textOf(records: readonly RandomRecord[]): string {
  return records
    .map(({ hour, level, service, word }) =>
      JSON.stringify({
        ...(hour !== null && { timestamp: at(hour) }),
        level,
        ...(service !== null && { service }),
        message: `${word} of a job`,
      }),
    )
    .join('\n');
}

const bound = fc.tuple(hour, fc.constantFrom(-1, 0, 1)).map(([hours, offsetMs]) => ({ hours, offsetMs }));
const range = fc.tuple(bound, bound).map(([a, b]) => {
  const [from, to] = a.hours * 10 + a.offsetMs <= b.hours * 10 + b.offsetMs ? [a, b] : [b, a];
  return { from: at(from.hours, from.offsetMs), to: at(to.hours, to.offsetMs) };
});
const time = fc.oneof(
  { weight: 3, arbitrary: range },
  { weight: 1, arbitrary: range.map(({ from }) => ({ from })) },
  { weight: 1, arbitrary: range.map(({ to }) => ({ to })) },
  { weight: 2, arbitrary: fc.constant({}) },
);
/** Generates `undefined` in `left` of ten cases, else the value. */
const mostly = <Value>(left: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.oneof({ weight: left, arbitrary: fc.constant(undefined) }, { weight: 10 - left, arbitrary: value });
const service = mostly(6, fc.constantFrom(...SERVICES.map((name) => name.toWellFormed())));
const present = (asks: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(asks).filter(([, value]) => value !== undefined));

const randomStats: fc.Arbitrary<Question> = fc
  .record({
    time,
    service,
    level: mostly(8, fc.subarray([...LEVELS], { minLength: 1, maxLength: 4 })),
    file_id: mostly(8, fc.nat({ max: 9 })),
    tz: mostly(7, fc.constantFrom('Asia/Kathmandu', 'us/eastern')),
    interval: mostly(7, fc.constantFrom('1m', '1h', '1d')),
  })
  .map(({ time: range, ...rest }) => ({ of: 'stats', asks: present({ ...range, ...rest }) }));

/** In generated queries, `file_id` is the number of a file. */
const randomSearch: fc.Arbitrary<Question> = fc
  .record({
    time,
    service,
    level: mostly(6, fc.subarray([...LEVELS], { minLength: 1, maxLength: 4 })),
    q: mostly(7, fc.constantFrom(...WORDS, 'st* NOT stop', 'error OR service:web')),
    context: fc.constantFrom(0, 0, 1, 3),
    file_id: mostly(7, fc.nat({ max: 9 })),
    page: fc.constantFrom(1, 1, 2),
    page_size: fc.constantFrom(2, 10, 50),
    sort: fc.constantFrom('newest', 'oldest'),
  })
  .map(({ time: range, ...rest }) => ({ of: 'search', asks: present({ ...range, ...rest }) }));

/** A history: some files exist, all questions are asked, then other files are added and some are deleted. */
export const randomHistory = fc.record({
  before: fc.array(randomFile, { minLength: 1, maxLength: 3 }),
  after: fc.array(randomFile, { minLength: 1, maxLength: 2 }),
  questions: fc.array(fc.oneof(randomStats, randomSearch), { minLength: 20, maxLength: 20 }),
});
type RandomHistory = typeof randomHistory extends fc.Arbitrary<infer History> ? History : never;

/** Runs a history on an empty world, judges each change, and deletes all files at the end. */
export async function play(world: RecipeWorld, { before, after, questions }: RandomHistory, tally: InvalidationTally) {
  const upload = (records: readonly RandomRecord[]) => world.upload(textOf(records));
  const [early, late] = [await inOrder(before, upload), await inOrder(after, upload)];
  const ids = [...early, ...late];
  const asked = questions.map(({ of, asks }) => ({ of, asks: withFileOf(asks, ids) }));
  for (const id of early) await world.judge([], await world.index(id), tally);
  await world.ask(asked);
  for (const id of late) await world.judge(asked, await world.index(id), tally);
  for (const id of ids) {
    await world.judge(asked, await world.remove(id), tally);
    await world.origin.files.purge(id); // changes no answer, so it has no event
  }
}

function withFileOf(asks: Question['asks'], ids: readonly string[]): Question['asks'] {
  const { file_id: number, ...rest } = asks;
  if (typeof number !== 'number') return asks;
  const id = ids[number % ids.length] ?? '';
  return { ...rest, file_id: number > 4 ? id.toUpperCase() : id };
}

async function inOrder<Item, Result>(items: readonly Item[], each: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await each(item));
  return results;
}
