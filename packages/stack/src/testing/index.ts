export { prepareImages } from '../docker/testing/images.ts';
export { childrenOf } from '../process/children.ts';
export { isAlive } from '../process/identity.ts';
export { Supervisor } from '../process/supervisor.ts';
export { createDatabase, type TestDatabase } from './create-database.ts';
export { FaultProxy, type Forwarding } from './fault-proxy.ts';
export { type RedisClusterOptions, type RunningRedisCluster, startRedisCluster } from './start-redis-cluster.ts';
export { startStandby } from './start-standby.ts';
