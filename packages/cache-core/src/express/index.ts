export { cacheGroupInvalidation, cacheGroups } from './cache-groups.ts';
export { cachePosition, InvalidCachePosition, minPositionOf } from './cache-position.ts';
export { type CachedHandler, type ExpressCache, type ExpressCacheOptions, expressCache } from './cache-result.ts';
export { type CacheStatusOptions, cacheStatus } from './cache-status.ts';
export type { RequestView } from './request-view.ts';
export type { CacheResultOptions } from './route-options.ts';
export { type SentAnswer, sentAnswerOf } from './send-answer.ts';
export { serverTiming } from './server-timing.ts';
