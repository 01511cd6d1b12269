import type { FaultProxy } from '@pilotlight/stack/testing';
import { type Member, SERVICES, type ServiceName } from '../system/fault-system.ts';
import { type Fault, nothing, type Scene } from './fault.ts';

const NAMES = { cache: 'cache server', queue: 'queue server', postgres: 'database' } as const;

/** Faults of the connections of one process or of all processes. */
export const NETWORK_FAULTS: readonly Fault[] = [
  ...SERVICES.flatMap((service) => [
    slow(service),
    sliced(service),
    blackhole(service),
    brokenBlackhole(service),
    reset(service),
    refused(service),
    halfOpen(service),
  ]),
  {
    name: 'LISTEN connections half-open',
    to: 'links',
    lastsMs: [0, 3_000],
    begin: async ({ system }) => {
      for (const { links } of system.workers) links.postgres.halfOpen('pilotlight news');
      return nothing;
    },
  },
];

function linkFault(
  service: ServiceName,
  what: string,
  lastsMs: Fault['lastsMs'],
  begin: (link: FaultProxy, scene: Scene) => Promise<() => Promise<void>>,
): Fault {
  return {
    name: `${NAMES[service]}: ${what}`,
    to: 'links',
    lastsMs,
    begin: async (scene) => {
      const heals = await Promise.all(someMembers(scene).map(({ links }) => begin(links[service], scene)));
      return async () => {
        await Promise.all(heals.map((heal) => heal()));
      };
    },
  };
}

/** Returns one process or all processes, with equal probability. */
function someMembers({ system, random }: Scene): readonly Member[] {
  const members = [...system.apis, ...system.workers];
  return random.chance(0.5) ? [random.oneOf(members)] : members;
}

const open = (link: FaultProxy) => async () => link.forward({ kind: 'open' });

function slow(service: ServiceName): Fault {
  return linkFault(service, 'slow connections', [1_000, 5_000], async (link, { random }) => {
    link.forward({ kind: 'latency', ms: random.between(5, 400) });
    return open(link);
  });
}

function sliced(service: ServiceName): Fault {
  return linkFault(service, 'bytes come in slices', [1_000, 4_000], async (link, { random }) => {
    link.forward({ kind: 'sliced', bytes: random.between(1, 32) });
    return open(link);
  });
}

/** Data sent meanwhile arrives late. */
function blackhole(service: ServiceName): Fault {
  return linkFault(service, 'nothing passes', [200, 6_000], async (link) => {
    link.forward({ kind: 'blackhole' });
    return open(link);
  });
}

/** Data sent meanwhile is lost. */
function brokenBlackhole(service: ServiceName): Fault {
  return linkFault(service, 'nothing passes, then a reset', [200, 6_000], async (link) => {
    link.forward({ kind: 'blackhole' });
    return async () => {
      link.reset();
      link.forward({ kind: 'open' });
    };
  });
}

function reset(service: ServiceName): Fault {
  return linkFault(service, 'connections reset', [0, 500], async (link) => {
    link.reset();
    return nothing;
  });
}

function refused(service: ServiceName): Fault {
  return linkFault(service, 'connections refused', [200, 4_000], async (link) => {
    await link.refuse();
    return () => link.accept();
  });
}

/** The connections never recover; each holder must detect the loss itself. */
function halfOpen(service: ServiceName): Fault {
  return linkFault(service, 'half-open connections', [0, 1_000], async (link) => {
    link.halfOpen();
    return nothing;
  });
}
