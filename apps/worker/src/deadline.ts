/** What `work` gives; rejects once `ms` have passed. The work itself goes on: it has to be one that may be repeated. */
export async function withDeadline<Result>(ms: number, what: string, work: Promise<Result>): Promise<Result> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what}: expected an end within ${ms} ms, got none`)), ms);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
