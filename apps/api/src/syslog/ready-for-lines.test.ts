import { expect, test } from 'vitest';
import { readyForLines } from './ready-for-lines.ts';

const parts = {
  migrations: { ready: async () => undefined },
  pressure: { admit: async () => undefined },
  storage: { problem: async () => null },
};

test('syslog messages wait while there is no space or workers are behind', async () => {
  await readyForLines(parts);
  const full = { problem: async () => ({ reason: 'the disk is full' }) as never };
  await expect(readyForLines({ ...parts, storage: full })).rejects.toThrow('the disk is full');
  const behind = { admit: () => Promise.reject(new Error('behind')) };
  await expect(readyForLines({ ...parts, pressure: behind })).rejects.toThrow('behind');
  const blind = { problem: () => Promise.reject(new Error('unreachable')) };
  await readyForLines({ ...parts, storage: blind });
});
