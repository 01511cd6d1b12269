export { connectRedis, type RedisConnections, type RedisPorts } from './connect-redis.ts';
export type { RedisInfo } from './server-info.ts';
