export { type CachedHandler, type CacheResultOptions, expressCache, type RequestView } from './cache-result.ts';
export { cacheStatus } from './cache-status.ts';
