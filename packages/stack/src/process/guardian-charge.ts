/** What a guardian looks after. `id` is a pid, or a path. */
export type Charge =
  | { kind: 'process'; id: number; stopSignal: NodeJS.Signals; graceMs: number }
  | { kind: 'directory'; id: string };
