import { Cluster, Redis } from 'ioredis';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../process/identity.ts';
import { type RunningRedisCluster, startRedisCluster } from './start-redis-cluster.ts';

function clientOf(cluster: RunningRedisCluster): Cluster {
  const { password } = new URL(cluster.nodes[0]?.url ?? '');
  const client = new Cluster(cluster.url.split(','), { redisOptions: { password } });
  client.on('error', () => undefined);
  onTestFinished(() => client.disconnect());
  return client;
}

test('a started cluster serves every slot and stop leaves no server behind', async () => {
  const cluster = await startRedisCluster({ role: 'cache' });
  const pids = cluster.nodes.map(({ pid }) => pid ?? 0);
  const client = clientOf(cluster);
  const keys = Array.from({ length: 200 }, (_, i) => `key-${i}`);
  await Promise.all(keys.map((key) => client.set(key, key)));
  expect(await Promise.all(keys.map((key) => client.get(key)))).toEqual(keys);
  expect(client.nodes('master')).toHaveLength(3);
  client.disconnect();
  await cluster.stop();
  expect(pids.map(isAlive)).toEqual([false, false, false]);
});

test('a killed master is healthy again on the same port after a restart', async () => {
  const cluster = await startRedisCluster({ role: 'queue' });
  onTestFinished(() => cluster.stop());
  const [first] = cluster.nodes;
  first?.kill('SIGKILL');
  await first?.restart();
  await cluster.healthy();
  const client = clientOf(cluster);
  expect(await client.set('a', 'b')).toBe('OK');
});

test('given replicas, one follows each master', async () => {
  const cluster = await startRedisCluster({ role: 'cache', replicas: 1 });
  onTestFinished(() => cluster.stop());
  const roles = await Promise.all(
    cluster.nodes.map(async ({ url }) => {
      const client = new Redis(url);
      onTestFinished(() => client.disconnect());
      return (await client.role())[0];
    }),
  );
  expect(roles).toEqual(['master', 'master', 'master', 'slave', 'slave', 'slave']);
});
