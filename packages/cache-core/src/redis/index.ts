export { connectRedis, type RedisConnections, type RedisPorts } from './connect-redis.ts';
export { parseRedisUrl, type RedisAddress } from './redis-url.ts';
export type { RedisInfo } from './server-info.ts';
