export { connectRedis, type RedisConnections, type RedisPorts } from './connect-redis.ts';
