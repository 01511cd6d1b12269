import { expect, test } from 'vitest';
import type { Processes } from '../../faults/faults.ts';
import { loadsByOrigin } from './loads.ts';

type Process = NonNullable<Processes>[number];

const loads = { permits: 16, running: 1, waiting: 2, abandoned: 0, breaker: 'closed', breaker_since: '' } as const;
const processOf = (origins: Process['origins'], silent = false): Process => ({
  ...{ id: 'a', kind: 'api', host: 'h', pid: 1, version: '1', started_at: '', seen_at: '', silent, origins },
  log: { state: 'current', since: '', epoch: 1, applied: 1, lag: 0, trusted: true },
});

test('the loads of the processes that report are summed by origin', () => {
  const silent = processOf({ default: loads }, true);
  expect(loadsByOrigin([processOf({ default: loads }), processOf({ default: loads, search: loads }), silent])).toEqual([
    { origin: 'default', permits: 32, running: 2, waiting: 4, abandoned: 0 },
    { origin: 'search', permits: 16, running: 1, waiting: 2, abandoned: 0 },
  ]);
});
