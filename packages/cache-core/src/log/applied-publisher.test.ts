import { expect, test } from 'vitest';
import { Background } from '../model/background.ts';
import { ManualClock, MemoryLogServer } from '../testing/index.ts';
import { AppliedPublisher } from './applied-publisher.ts';

test('given another epoch at the same position while a message is under way, it is published too', async () => {
  const log = new MemoryLogServer(new ManualClock()).connect();
  const background = new Background('main', (_, error) => {
    throw error;
  });
  let state = { id: 'f', epoch: 1, applied: 3 };
  const published: number[] = [];
  log.publishApplied = async ({ epoch }) => {
    published.push(epoch);
    state = { ...state, epoch: 2 };
  };
  new AppliedPublisher(log, background, () => state).publish();
  await background.drain();
  expect(published).toEqual([1, 2]);
});
