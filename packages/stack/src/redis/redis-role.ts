/** `cache` may lose anything at any time; `queue` may lose nothing that was asked to be kept. */
export type RedisRole = 'cache' | 'queue';

const SETTINGS = {
  // Entries only: bounded, the least recently used go first, and no disk.
  cache: ['maxmemory 256mb', 'maxmemory-policy allkeys-lru', 'appendonly no', 'save ""'],
  // Jobs, locks and the invalidation log: an eviction here would lose them with success reported.
  queue: [
    'maxmemory 0',
    'maxmemory-policy noeviction',
    'appendonly yes',
    'appendfsync everysec',
    'aof-load-truncated yes',
    'save ""',
  ],
} as const satisfies Record<RedisRole, readonly string[]>;

/** How one server is part of a cluster. */
export interface ClusterMembership {
  /** How long a node may be silent before the others take it for dead. */
  nodeTimeoutMs: number;
}

/** The configuration file of one server. The password is here and not on the command line, where `ps` would show it. */
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
    // The slots of a dead master are lost for a while, and only they.
    'cluster-require-full-coverage no',
    'cluster-replica-validity-factor 0',
    `masterauth ${password}`,
  ];
}
