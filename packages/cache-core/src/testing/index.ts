export { Link } from './link.ts';
export { ManualClock } from './manual-clock.ts';
export { MemoryCounterServer } from './memory-counters.ts';
export { MemoryFillLockServer } from './memory-fill-lock-server.ts';
export { MemoryHotKeyServer } from './memory-hot-keys.ts';
export { MemoryLog } from './memory-log.ts';
export { MemoryLogServer } from './memory-log-server.ts';
export { MemorySharedServer } from './memory-shared-server.ts';
export { type SimulatedProcess, SimulatedWorld } from './simulated-world.ts';
