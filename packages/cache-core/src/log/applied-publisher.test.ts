import { expect, test } from 'vitest';
import { Background } from '../model/background.ts';
import { Unreachable } from '../model/errors.ts';
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
  const publisher = new AppliedPublisher(log, background, () => state);
  publisher.publish();
  await publisher.settled();
  expect(published).toEqual([1, 2]);
});

test('a message that fails settles the publisher, and the next one is sent', async () => {
  const log = new MemoryLogServer(new ManualClock()).connect();
  const failed: unknown[] = [];
  const background = new Background('main', (_, error) => failed.push(error));
  const published: number[] = [];
  log.publishApplied = async ({ applied }) => {
    published.push(applied);
    if (applied === 3) throw new Unreachable('the log');
  };
  const state = { id: 'f', epoch: 1, applied: 3 };
  const publisher = new AppliedPublisher(log, background, () => ({ ...state }));
  publisher.publish();
  await publisher.settled();
  state.applied = 4;
  publisher.publish();
  await publisher.settled();
  await background.drain();
  expect(published).toEqual([3, 4]);
  expect(failed).toEqual([expect.any(Unreachable)]);
});
