import { beforeEach, describe, expect, test } from 'vitest';
import { INTERVAL_MS, ReadQueue } from './read-queue.ts';

let now: number;
let scheduled: (() => void)[];
let ran: string[];
let queue: ReadQueue;
beforeEach(() => {
  now = 0;
  scheduled = [];
  ran = [];
  queue = new ReadQueue({ now: () => now, schedule: (run) => void scheduled.push(run) });
});

/** Returns a read that takes `ms`. */
const read = (name: string, ms = 0) => {
  return () => {
    ran.push(name);
    now += ms;
  };
};
/** One turn of the event loop. */
const turn = () => {
  for (const run of scheduled.splice(0)) run();
};

describe('a queue of reads', () => {
  test('runs them in order, after the I/O of the turn in which they came', () => {
    queue.add(read('a'));
    queue.add(read('b'));
    expect([ran, scheduled.length]).toEqual([[], 1]);
    turn();
    expect([ran, scheduled.length]).toEqual([['a', 'b'], 0]);
  });

  test('gives the event loop back after 2 ms', () => {
    for (const name of ['a', 'b', 'c', 'd']) queue.add(read(name, 1));
    turn();
    expect(ran).toEqual(['a', 'b']);
    turn();
    expect(ran).toEqual(['a', 'b', 'c', 'd']);
  });

  test('runs one read in a turn that accepted a connection', () => {
    for (const name of ['a', 'b', 'c']) queue.add(read(name));
    queue.connectionAccepted();
    turn();
    expect(ran).toEqual(['a']);
    turn();
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  test('spends a quarter of the time on reads while each turn accepts a connection', () => {
    for (let n = 0; n < 1_000; n++) queue.add(read('a', 1));
    while (now < 100) {
      now += 0.2;
      queue.connectionAccepted();
      turn();
    }
    expect(ran.length).toBeGreaterThan(20);
    expect(ran.length).toBeLessThan(30);
  });

  test('continues after a read that throws', () => {
    const bug = new Error('a bug');
    queue.add(() => {
      throw bug;
    });
    queue.add(read('next'));
    expect(turn).toThrow(bug);
    turn();
    expect(ran).toEqual(['next']);
  });
});

describe('an overload', () => {
  /** Lets the queue stay filled for longer than the interval. */
  const fill = () => {
    for (let n = 0; n < INTERVAL_MS + 100; n++) queue.add(read('old', 1));
    while (now <= INTERVAL_MS + 2) turn();
  };

  test('is a queue that stays filled and whose first read waits', () => {
    fill();
    expect(queue.offer(read('new'), false)).toBe(false);
  });

  test('is not a burst, however many reads it has', () => {
    for (let n = 0; n < 1_000; n++) expect(queue.offer(read('burst', 1), false)).toBe(true);
    while (now < INTERVAL_MS) turn();
    expect(queue.offer(read('last'), false)).toBe(true);
    turn();
    turn();
    expect(queue.offer(read('too late'), false)).toBe(false);
  });

  test('is not a process that was stopped for seconds while reads waited', () => {
    queue.add(read('stopped', 5_000));
    for (let n = 0; n < 100; n++) queue.add(read('waiting', 1));
    queue.connectionAccepted();
    turn();
    now += 5_000;
    expect(queue.offer(read('after the stop'), false)).toBe(true);
    queue.connectionAccepted();
    turn();
    expect(ran).toEqual(['stopped', 'waiting']);
  });

  test('is not a queue that is never empty but whose reads run soon', () => {
    queue.add(read('first'));
    for (; now < 1_000; now += 5) {
      queue.add(read('next'));
      queue.connectionAccepted(); // one read runs, the other stays
      turn();
      expect(queue.isOverloaded).toBe(false);
    }
  });

  test('for a second after a refusal, a filled queue is not a burst', () => {
    fill();
    queue.offer(read('refused'), false);
    while (scheduled.length > 0) turn();
    for (let n = 0; n < 16; n++) queue.add(read('again'));
    now += 11;
    expect(queue.offer(read('refused'), false)).toBe(false);
  });

  test('is not a queue of fewer than 16 reads, however long they wait', () => {
    fill();
    while (queue.waiting >= 16) turn();
    now += 10_000;
    while (queue.waiting < 16) expect(queue.offer(read('one of 16'), false)).toBe(true);
    expect(queue.offer(read('17th'), false)).toBe(false);
  });

  test('given a full origin, a filled queue refuses at once and an empty one does not', () => {
    expect(queue.offer(read('first'), true)).toBe(true);
    expect(queue.offer(read('second'), true)).toBe(false);
    expect(queue.offer(read('third'), false)).toBe(true);
  });

  test('ends with the reads that wait', () => {
    fill();
    queue.offer(read('refused'), false);
    while (scheduled.length > 0) turn();
    now += 1_001;
    queue.add(read('later'));
    now += 11;
    expect(queue.offer(read('accepted'), false)).toBe(true);
  });

  /** Sends four times the reads that the queue can run for 12 s. Returns the longest wait in ms, and the refused ones. */
  const flood = (offer: (run: () => void) => boolean) => {
    let [longestMs, refused] = [0, 0];
    const arrive = (since: number) => {
      const run = () => {
        longestMs = Math.max(longestMs, now - since);
        now += 1;
      };
      if (!offer(run)) refused++;
    };
    for (let arrived = 0; now < 12_000; turn()) {
      now += 0.1;
      for (; arrived < now * 4; arrived++) arrive(now);
    }
    return { longestMs, refused };
  };

  test('given four times the reads it can run, it refuses most', () => {
    const { longestMs, refused } = flood((run) => queue.offer(run, false));
    expect(longestMs).toBeLessThan(5 * INTERVAL_MS);
    expect(refused).toBeGreaterThan(30_000);
  });

  test('control: without refusals the wait grows to seconds', () => {
    const { longestMs } = flood((run) => {
      queue.add(run);
      return true;
    });
    expect(longestMs).toBeGreaterThan(6_000);
  });
});
