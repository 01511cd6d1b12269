import { setTimeout as delay } from 'node:timers/promises';
import type { Member } from '../system/fault-system.ts';
import { type Fault, nothing, type Scene } from './fault.ts';

type Role = 'api' | 'worker';

/** Half of the time limit of a hand-over, during which the worker holds the rows of events locked. */
const HANDING_OVER_MS = 1_500;

const membersOf = ({ system }: Scene, role: Role): readonly Member[] => (role === 'api' ? system.apis : system.workers);

/** Faults of api and worker processes. The process slot restarts a killed process. */
export const PROCESS_FAULTS: readonly Fault[] = [
  killed('api'),
  killed('worker'),
  frozen('api'),
  frozen('worker'),
  {
    name: 'every worker killed',
    to: 'worker',
    lastsMs: [0, 500],
    begin: async (scene) => {
      await Promise.all(scene.system.workers.map(({ slot }) => slot.kill()));
      return nothing;
    },
  },
  {
    name: 'worker killed while handing events over',
    to: 'worker',
    lastsMs: [0, 500],
    begin: async (scene) => {
      const { slot, links } = scene.random.oneOf(scene.system.workers);
      links.queue.forward({ kind: 'blackhole' });
      await delay(scene.random.between(100, HANDING_OVER_MS));
      await slot.kill();
      links.queue.forward({ kind: 'open' });
      return nothing;
    },
  },
];

function killed(role: Role): Fault {
  return {
    name: `${role} killed`,
    to: role,
    lastsMs: [0, 500],
    begin: async (scene) => {
      await scene.random.oneOf(membersOf(scene, role)).slot.kill();
      return nothing;
    },
  };
}

function frozen(role: Role): Fault {
  return {
    name: `${role} frozen`,
    to: role,
    lastsMs: [200, 7_000],
    begin: async (scene) => {
      const { slot } = scene.random.oneOf(membersOf(scene, role));
      await slot.freeze();
      return () => slot.resume();
    },
  };
}
