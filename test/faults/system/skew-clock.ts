/** From now on this process's wall clock tells another time. The monotonic one does not change. */
export function skewClock(aheadMs: number): void {
  if (aheadMs === 0) return;
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    get: (target, name) => (name === 'now' ? () => RealDate.now() + aheadMs : Reflect.get(target, name)),
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [RealDate.now() + aheadMs] : args, newTarget),
  });
}
