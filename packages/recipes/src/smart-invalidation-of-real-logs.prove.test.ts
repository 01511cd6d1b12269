import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { realQuestions } from './testing/real-questions.ts';
import { openRecipeWorld } from './testing/recipe-world.ts';
import { emptyTally, figuresOf, precisionOf, recallOf } from './testing/tally.ts';

/** Real inputs, which are not part of the project. */
const FOLDER = join(import.meta.dirname, '../../../../shared/data');
const MISSING = existsSync(FOLDER) ? '' : ' (skipped: the folder ../shared/data is not there)';
if (MISSING !== '') process.stderr.write(`Smart invalidation of real logs${MISSING}\n`);

/** The number of records per file from which questions are generated; more take longer. */
const PER_FILE = 1;

function realLogs(): { name: string; bytes: Buffer }[] {
  const names = readdirSync(join(FOLDER, 'loghub')).map((name) => `loghub/${name}`);
  const all = [...names, 'access/apache_logs.log', 'json/web_sample.ndjson.gz'];
  return all.map((name) => ({ name, bytes: readFileSync(join(FOLDER, name)) }));
}

describe(`real logs${MISSING}`, () => {
  test.skipIf(MISSING !== '')(
    'each of them deleted and uploaded again, every altered answer is invalidated, and of those invalidated 90 % are altered',
    { timeout: 300_000 },
    async () => {
      const world = await openRecipeWorld();
      onTestFinished(() => world.close());
      const tally = emptyTally();
      const logs = [];
      for (const { name, bytes } of realLogs()) {
        const id = await world.upload(bytes, name);
        await world.index(id);
        logs.push({ name, bytes, id });
      }
      const questions = await realQuestions(
        world.origin,
        logs.map(({ id }) => id),
        PER_FILE,
      );
      await world.ask(questions);
      // Data that exists as a log and as CSV changes once.
      for (const { name, bytes, id } of logs.filter((log) => !log.name.endsWith('.csv'))) {
        await world.judge(questions, await world.remove(id), tally);
        await world.origin.files.purge(id); // changes no answer, so it has no event
        const again = await world.upload(bytes, name);
        await world.judge(questions, await world.index(again), tally);
      }
      process.stderr.write(`Real logs, ${questions.length} questions: ${figuresOf(tally)}\n`);
      expect(tally.missed).toEqual([]);
      expect(recallOf(tally)).toBe(1);
      expect(precisionOf(tally)).toBeGreaterThanOrEqual(0.9);
    },
  );
});
