import type { Processes } from '../../faults/faults.ts';

/** The loads from one origin. */
export interface OriginLoads {
  readonly origin: string;
  readonly permits: number;
  readonly running: number;
  readonly waiting: number;
  readonly abandoned: number;
}

/** Sums the loads of the processes that report, by origin. An origin that no process loads from and that is not the default is left out. */
export function loadsByOrigin(processes: NonNullable<Processes>): readonly OriginLoads[] {
  const present = processes.filter(({ silent }) => !silent);
  const origins = [...new Set(present.flatMap((one) => Object.keys(one.origins)))];
  return origins.map((origin) => {
    const all = present.flatMap((one) => one.origins[origin] ?? []);
    const sum = (of: (loads: (typeof all)[number]) => number): number => all.reduce((total, one) => total + of(one), 0);
    return {
      origin,
      permits: sum(({ permits }) => permits),
      running: sum(({ running }) => running),
      waiting: sum(({ waiting }) => waiting),
      abandoned: sum(({ abandoned }) => abandoned),
    };
  });
}
