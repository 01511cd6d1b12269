// The parts of the engine that the simulation package needs beside the public entries. The published package leaves this entry out.
export type { ReadRequest } from './engine/read-request.ts';
export { HitIndex } from './log/hit-index.ts';
export { compareStamps } from './model/entry.ts';
export { silentLogger } from './model/logger.ts';
export { keyOfToken } from './model/selector.ts';
export { LOG_PARTS } from './ports/invalidation-log.ts';
