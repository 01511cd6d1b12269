export { DataDirInUse, DataDirUnusable, ServerStartFailed, ServiceUnavailable, StackError } from './errors.ts';
export { createDatabase } from './postgres/create-database.ts';
export type { RunningPostgres } from './postgres/running-postgres.ts';
export { type PostgresOptions, startPostgres } from './postgres/start-postgres.ts';
export type { RedisRole } from './redis/redis-role.ts';
export type { RunningRedis } from './redis/running-redis.ts';
export { type RedisOptions, startRedis } from './redis/start-redis.ts';
export type { ServiceEnv, Services } from './services.ts';
export { type ServicesOptions, startServices } from './start-services.ts';
