/** Tasks that run in a separate process. Each opens a session whose methods the parent calls. */
export const TASKS = {
  appends: async () => (await import('./appends.ts')).appends,
  batches: async () => (await import('./batches.ts')).batches,
  clears: async () => (await import('./clears.ts')).clears,
  'cold-reads': async () => (await import('./cold-reads.ts')).coldReads,
  'demand-hits': async () => (await import('./demand-hits.ts')).demandHits,
  'follower-start': async () => (await import('./follower-start.ts')).followerStart,
  growth: async () => (await import('./growth.ts')).growth,
  grown: async () => (await import('./grown.ts')).grown,
  heap: async () => (await import('./heap.ts')).heap,
  hits: async () => (await import('./hits.ts')).hits,
  invalidations: async () => (await import('./invalidations.ts')).invalidations,
  misses: async () => (await import('./misses.ts')).misses,
  'paced-reads': async () => (await import('./paced-reads.ts')).pacedReads,
  replays: async () => (await import('./replays.ts')).replays,
  'round-trips': async () => (await import('./round-trips.ts')).roundTrips,
  'scoped-hits': async () => (await import('./scoped-hits.ts')).scopedHits,
};

export type TaskName = keyof typeof TASKS;
type Task<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;
export type TaskOptions<Name extends TaskName> = Parameters<Task<Name>>[0];
export type Session<Name extends TaskName> = Awaited<ReturnType<Task<Name>>>;
