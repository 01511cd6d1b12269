import process from 'node:process';
import fc from 'fast-check';

/** The maximum processor time, in ms, for which one input may keep the event loop. */
export const MAX_BLOCKED_MS = 250;
/** Maximum number of measurements of one input. */
const RUNS = 3;

/** One parser and the inputs to try on it. */
export interface FuzzTarget<Input = unknown> {
  readonly name: string;
  readonly inputs: fc.Arbitrary<Input>;
  /** Throws if the parser breaks a rule. */
  readonly run: (input: Input) => unknown;
}

/** Returns a target as one of a list of targets with different inputs. */
export function target<Input>(one: FuzzTarget<Input>): FuzzTarget {
  const { name, inputs, run } = one;
  return { name, inputs: inputs.map((input) => ({ input })), run: (boxed) => run((boxed as { input: Input }).input) };
}

/**
 * Runs a target on generated inputs. Fails with the smallest input found if the target throws, or keeps the event loop for more than
 * 250 ms of processor time each time it is tried. Processor time, because a busy machine delays a correct parser too; several tries,
 * because a collection of garbage counts as well: 310 ms were seen in a process that had run other suites before.
 *
 * @returns the longest time of one input, in ms
 */
export async function fuzz({ inputs, run }: FuzzTarget, cases: number): Promise<number> {
  let longest = 0;
  const property = fc.asyncProperty(inputs, async (input) => {
    let blocked = await blockedMs(() => run(input));
    for (let tries = 1; tries < RUNS && blocked > MAX_BLOCKED_MS; tries++) {
      blocked = Math.min(blocked, await blockedMs(() => run(input)));
    }
    longest = Math.max(longest, blocked);
    if (blocked > MAX_BLOCKED_MS)
      throw new Error(
        `expected to keep the event loop for at most ${MAX_BLOCKED_MS} ms, got ${Math.round(blocked)} ms`,
      );
  });
  await fc.assert(property, { numRuns: cases, includeErrorInReport: true });
  return longest;
}

/** Returns the longest processor time, in ms, for which `work` kept the event loop at a stretch. */
export async function blockedMs(work: () => unknown): Promise<number> {
  let before = process.threadCpuUsage();
  let longest = 0;
  let isDone = false;
  const note = (): void => {
    const { user, system } = process.threadCpuUsage(before);
    longest = Math.max(longest, (user + system) / 1_000);
    before = process.threadCpuUsage();
  };
  const beat = (): void => {
    if (isDone) return;
    note();
    setImmediate(beat);
  };
  setImmediate(beat);
  try {
    await work();
  } finally {
    note();
    isDone = true;
  }
  return longest;
}

/** Text made of the characters that mean something to a parser, short or repeated many times. */
export function textOf(tokens: readonly string[], maxTokens = 40): fc.Arbitrary<string> {
  const token = fc.oneof(
    { arbitrary: fc.constantFrom(...tokens), weight: 6 },
    { arbitrary: fc.string({ unit: 'binary', maxLength: 6 }), weight: 1 },
  );
  const text = fc.array(token, { maxLength: maxTokens }).map((parts) => parts.join(''));
  const repeated = fc
    .tuple(fc.array(token, { minLength: 1, maxLength: 3 }), fc.integer({ min: 2, max: 3_000 }))
    .map(([parts, times]) => parts.join('').repeat(times).slice(0, 20_000));
  return fc.oneof({ arbitrary: text, weight: 9 }, { arbitrary: repeated, weight: 1 });
}
