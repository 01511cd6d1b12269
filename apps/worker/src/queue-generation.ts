import { randomUUID } from 'node:crypto';
import { QUEUES } from '@pilotlight/contracts';
import type { QueueConnection, Queues } from '@pilotlight/runtime';

/**
 * Returns an identifier of the data in the queue server. It changes once jobs may have been lost: a queue's data vanished
 * (FLUSHALL), or the server was restarted or replaced (its AOF or its replica may lack the last writes).
 */
export async function queueGeneration({ of, connection }: Pick<Queues, 'of' | 'connection'>): Promise<string> {
  const marks = await Promise.all(QUEUES.map((name) => markAt(connection, of(name).toKey('generation'))));
  return [...marks, ...(await runIds(connection))].join(' ');
}

/** Returns the mark of a queue, a key that vanishes together with the queue's data. Creates it if it is missing. */
async function markAt(connection: QueueConnection, key: string): Promise<string> {
  const mark = await connection.get(key);
  if (mark !== null) return mark;
  const first = randomUUID();
  if ((await connection.set(key, first, 'NX')) !== null) return first;
  return (await connection.get(key)) ?? first;
}

/** Returns the run ids of the servers; a restarted server has another one. */
async function runIds(connection: QueueConnection): Promise<string[]> {
  const servers = 'nodes' in connection ? connection.nodes('master') : [connection];
  const infos = await Promise.all(servers.map((server) => server.info('server')));
  return infos.map((info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? '').sort();
}
