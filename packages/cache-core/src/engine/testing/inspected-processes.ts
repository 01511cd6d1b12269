import type { Answer } from '../../model/answer.ts';
import { buildKey } from '../../model/key.ts';
import { type Policy, resolvePolicy } from '../../model/policy.ts';
import type { SimulatedProcess } from '../../testing/index.ts';
import { type TwoProcesses, twoProcesses } from '../../testing/two-processes.ts';
import type { Inspection } from '../inspector.ts';
import type { Load } from '../load.ts';

/** The key that tests of `inspect` read. */
export const KEY = buildKey({ prefix: 'stats', name: 'n', params: null });
export const POLICY: Policy = {
  freshFor: '10s',
  staleFor: { whileRevalidate: '5s', ifError: '20s' },
  jitter: 0,
  earlyRefresh: 0,
};

/** Functions on the processes of the present test. */
interface Inspected {
  /** Lets time pass until a promise has settled. */
  through<Result>(promise: Promise<Result>): Promise<Result>;
  /** Inspects `KEY`, by default on the first process. */
  inspect(process?: SimulatedProcess): Promise<Inspection>;
  /** Reads `KEY`, by default with `POLICY` and a load that returns 1. */
  read(process: SimulatedProcess, load?: Load, policy?: Policy): Promise<Answer>;
}

/** As `twoProcesses`, and returns functions that inspect and read one key there. */
export function inspectedProcesses(begin: (begun: TwoProcesses) => void): Inspected {
  let parts: TwoProcesses | undefined;
  twoProcesses((begun) => {
    parts = begun;
    begin(begun);
  });
  const present = (): TwoProcesses => {
    if (!parts) throw new Error('expected to be called by a test');
    return parts;
  };
  const through = <Result>(promise: Promise<Result>) => present().world.clock.through(promise);
  return {
    through,
    inspect: (process = present().one) => through(process.cache.inspect(KEY)),
    read: (process, load = () => 1, policy = POLICY) =>
      through(process.cache.internal.reader.read(KEY, load, resolvePolicy(policy), null)),
  };
}
