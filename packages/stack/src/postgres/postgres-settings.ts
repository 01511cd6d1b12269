/** What every server of ours runs with; sized for bulk loads and aggregation on a developer's machine. */
const SETTINGS: Record<string, string> = {
  listen_addresses: '127.0.0.1',
  // No socket file: a path in a deep data directory may be longer than a socket's name can be.
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  work_mem: '32MB',
  maintenance_work_mem: '128MB',
  // A COPY of a big file is not held up by a checkpoint every few seconds.
  max_wal_size: '4GB',
  checkpoint_timeout: '15min',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_compression: 'on',
  // Compiling takes longer than these queries do.
  jit: 'off',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** A throw-away server has nothing to lose in a power cut. */
const EPHEMERAL: Record<string, string> = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** As arguments of `postgres`. */
export function postgresArguments(options: { ephemeral: boolean }): string[] {
  const settings = options.ephemeral ? { ...SETTINGS, ...EPHEMERAL } : SETTINGS;
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
