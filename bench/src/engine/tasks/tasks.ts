/** What runs in a process of its own: each opens a session, whose methods can be asked from outside. */
export const TASKS = {
  hits: async () => (await import('./hits.ts')).hits,
};

export type TaskName = keyof typeof TASKS;
type Task<Name extends TaskName> = Awaited<ReturnType<(typeof TASKS)[Name]>>;
export type TaskOptions<Name extends TaskName> = Parameters<Task<Name>>[0];
export type Session<Name extends TaskName> = Awaited<ReturnType<Task<Name>>>;
