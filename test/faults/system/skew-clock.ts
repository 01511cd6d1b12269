/** Shifts this process's wall clock from now on. The monotonic clock does not change. */
export function skewClock(aheadMs: number): void {
  if (aheadMs === 0) return;
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    get: (target, name) => (name === 'now' ? () => RealDate.now() + aheadMs : Reflect.get(target, name)),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + aheadMs] : args, newTarget),
  });
}
