export { DataDirInUse, DataDirUnusable, ServerStartFailed, ServiceUnavailable, StackError } from './errors.ts';
export { type LineLogger, seconds } from './line-logger.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export type { RunningPostgres, RunningRedis } from './process/running-server.ts';
export type { RedisRole } from './redis/redis-role.ts';
export { type RedisOptions, startRedis } from './redis/start-redis.ts';
export { keptSecret, newSecret } from './secret.ts';
export type { ServiceEnv, Services } from './services.ts';
export { type ServicesOptions, startServices } from './start-services.ts';
