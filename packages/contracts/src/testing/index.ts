export { blockedMs, type FuzzTarget, fuzz, MAX_BLOCKED_MS, target, textOf } from './fuzz.ts';
