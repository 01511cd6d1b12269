/** Settings of every server, sized for bulk loads and aggregation on a developer's machine. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No socket file: the path in a deep data directory may exceed the maximum length of a socket's name.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '32MB',
  maintenance_work_mem: '128MB',
  // Prevents a checkpoint every few seconds during the COPY of a large file.
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'on',
  // Compilation takes longer than these queries.
  jit: 'off',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/**
 * A throw-away server has no data to lose in a power failure. It commits synchronously: a server that tests kill and restart has what
 * it acknowledged.
 */
const EPHEMERAL: Record<string, string> = { fsync: 'off', full_page_writes: 'off' };

/** A server that standbys follow, or that is one. */
const REPLICATES: Record<string, string> = { wal_level: 'replica', max_wal_senders: '4', wal_keep_size: '512MB' };

export function postgresArguments(options: { ephemeral: boolean; replicates: boolean }): string[] {
  const settings = { ...SETTINGS, ...(options.ephemeral && EPHEMERAL), ...(options.replicates && REPLICATES) };
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
