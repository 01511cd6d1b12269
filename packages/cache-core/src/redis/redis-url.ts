import type { ClusterOptions, RedisOptions } from 'ioredis';
import { InvalidArgument, RedactedValue } from '../model/errors.ts';

/** The addresses of a Redis. */
export interface RedisAddress {
  /** The URL of each node; one if it is not a Cluster. */
  readonly nodes: readonly string[];
  /** True if the nodes are a Redis Cluster. */
  readonly isCluster: boolean;
  /** The access options for nodes that the others announce: those of the first URL. */
  readonly access: Pick<RedisOptions, 'username' | 'password' | 'tls'>;
  /** How to resolve the names of a Cluster's nodes. */
  readonly lookup: Pick<ClusterOptions, 'dnsLookup'>;
}

const EXPECTED_URL = 'a URL starting with redis:// or rediss://, or several of the same kind separated by commas';

/**
 * Parses a Redis URL. Several nodes separated by commas (`redis://:password@a:6379,redis://:password@b:6379`) are a Redis
 * Cluster; so is a single one with a trailing comma.
 *
 * @throws InvalidArgument without the password in its message
 */
export function parseRedisUrl(option: string, text: string): RedisAddress {
  if (typeof text !== 'string') throw new InvalidArgument(option, EXPECTED_URL, text);
  const parsed = text
    .split(',')
    .filter((node) => node.trim() !== '')
    .map((node) => URL.parse(node.trim()));
  const isCluster = text.includes(',');
  const protocols = new Set(parsed.map((node) => node?.protocol));
  const [protocol] = protocols;
  if (protocols.size !== 1 || (protocol !== 'redis:' && protocol !== 'rediss:')) {
    const came = text === '' ? text : new RedactedValue('another text, which is not shown as it may hold a password');
    throw new InvalidArgument(option, EXPECTED_URL, came);
  }
  const nodes = parsed.filter((node) => node !== null);
  if (isCluster && nodes.some(({ pathname }) => !['', '/', '/0'].includes(pathname)))
    throw new InvalidArgument(
      option,
      'nodes of a Redis Cluster, which has no database but 0',
      new RedactedValue('a URL with another database'),
    );
  const [{ username, password } = { username: '', password: '' }] = nodes;
  const isSecure = protocol === 'rediss:';
  return {
    nodes: isCluster ? nodes.map(({ href }) => href) : [text],
    isCluster,
    access: {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(isSecure && { tls: {} }),
    },
    // Certificates are issued for names, not for the addresses behind them.
    lookup: isSecure ? { dnsLookup: (name, found) => found(null, name) } : {},
  };
}
