/** `cache` may lose any data at any time; `queue` must not lose stored data. */
export type RedisRole = 'cache' | 'queue';

const SETTINGS = {
  // Cached entries only: bounded memory, LRU eviction, no disk.
  cache: ['maxmemory 256mb', 'maxmemory-policy allkeys-lru', 'appendonly no', 'save ""'],
  // Jobs, locks and the invalidation log: an eviction would lose them after success was reported.
  queue: [
    'maxmemory 0',
    'maxmemory-policy noeviction',
    'appendonly yes',
    'appendfsync everysec',
    'aof-load-truncated yes',
    'save ""',
  ],
} as const satisfies Record<RedisRole, readonly string[]>;

export interface ClusterMembership {
  /** Time without an answer after which the other nodes consider a node dead, in ms. */
  nodeTimeoutMs: number;
}

/**
 * Returns the configuration file of one server. The password is in the file and not on the command line, where `ps`
 * would show it.
 */
export function redisConfig(
  role: RedisRole,
  server: { port: number; password: string; dir: string; bind: string; cluster: ClusterMembership | undefined },
): string {
  return [
    `bind ${server.bind}`,
    `port ${server.port}`,
    'protected-mode yes',
    `requirepass ${server.password}`,
    `dir ${JSON.stringify(server.dir)}`,
    'daemonize no',
    'loglevel notice',
    'tcp-keepalive 60',
    ...SETTINGS[role],
    ...(server.cluster === undefined ? [] : clusterSettings(server.cluster, server.password)),
    '',
  ].join('\n');
}

function clusterSettings({ nodeTimeoutMs }: ClusterMembership, password: string): string[] {
  return [
    'cluster-enabled yes',
    'cluster-config-file nodes.conf',
    'cluster-announce-ip 127.0.0.1',
    `cluster-node-timeout ${nodeTimeoutMs}`,
    // Without a master only its own slots become unavailable.
    'cluster-require-full-coverage no',
    'cluster-replica-validity-factor 0',
    `masterauth ${password}`,
  ];
}
