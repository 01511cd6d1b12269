import { OriginUnavailable } from '@pilotlight/origin';
import { expect, test } from 'vitest';
import { StreamRoller } from './stream-roller.ts';
import { collectingLogger, POLL } from './testing/open-test-world.ts';

test('the roller looks again and again, and an outage of the database is logged once', async () => {
  const { logger, lines } = collectingLogger();
  const answers: (number | Error)[] = [0, 2, new OriginUnavailable('away'), new OriginUnavailable('away'), 1];
  let rolled = 0;
  const streams = {
    roll: async () => {
      const answer = answers.shift() ?? 0;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const roller = new StreamRoller({ streams, logger, lookEveryMs: 1, onRolled: (files) => (rolled += files) });
  roller.start();
  await expect.poll(() => rolled, POLL).toBe(3);
  await roller.stop();
  expect(lines).toEqual(['open files of streams cannot be rolled: away', 'open files of streams are rolled again']);
});
