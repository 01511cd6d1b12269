export {
  type CachedHandler,
  type CacheResultOptions,
  type ExpressCacheOptions,
  expressCache,
} from './cache-result.ts';
export { cacheStatus } from './cache-status.ts';
export type { RequestView } from './request-view.ts';
