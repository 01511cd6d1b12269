import { createLogger } from '@pilotlight/runtime';
import { expect, test, vi } from 'vitest';
import { LineCounts } from '../ingest/line-metrics.ts';
import { FreeSpace } from '../upload/free-space.ts';
import { readyForLines } from './ready-for-lines.ts';

const parts = {
  migrations: { ready: async () => undefined },
  pressure: { admit: async () => undefined },
  space: { problem: async () => null },
};

test('syslog messages wait while there is no space or workers are behind', async () => {
  await readyForLines(parts);
  const full = { problem: async () => ({ reason: 'the disk is full' }) as never };
  await expect(readyForLines({ ...parts, space: full })).rejects.toThrow('the disk is full');
  const behind = { admit: () => Promise.reject(new Error('behind')) };
  await expect(readyForLines({ ...parts, pressure: behind })).rejects.toThrow('behind');
});

test('space that cannot be measured is logged once, counted each time, and refuses nothing', async () => {
  const logger = createLogger({ level: 'silent', forPeople: false, name: 'test' });
  const warn = vi.spyOn(logger, 'warn');
  const counts = new LineCounts();
  const storage = { problem: () => Promise.reject(new Error('no such directory')) };
  const space = new FreeSpace({ storage, logger, onUnmeasured: () => counts.spaceUnmeasured('syslog') });
  await readyForLines({ ...parts, space });
  await readyForLines({ ...parts, space });
  expect(warn).toHaveBeenCalledTimes(1);
  expect(counts.points().unmeasured).toEqual([{ labels: { source: 'syslog' }, value: 2 }]);
});
