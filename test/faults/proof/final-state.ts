import { Redis } from 'ioredis';
import pg from 'pg';
import { readMessage } from '../load/log-text.ts';
import type { FaultSystem } from '../system/fault-system.ts';
import { linesInElasticsearch, linesInPostgres, type StoredLine } from './final-lines.ts';

/** The content of the servers, read past every cache and every process of ours. */
export interface FinalState {
  readonly files: readonly StoredFile[];
  /** Number of lines whose file does not exist. */
  readonly orphans: number;
  /** Events with unfinished jobs, as text. */
  readonly unsettled: readonly string[];
  /** Jobs that failed permanently, and jobs that are waiting or running, as text. */
  readonly failedJobs: readonly string[];
  readonly openJobs: readonly string[];
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  /** Line numbers according to their messages, with repetitions; -1 for a line of another version. */
  readonly lines: readonly number[];
}

const QUEUES = ['ingest', 'invalidation', 'warming', 'maintenance'] as const;

export async function readFinalState({
  postgres,
  queue,
  elasticsearch,
}: Pick<FaultSystem, 'postgres' | 'queue' | 'elasticsearch'>): Promise<FinalState> {
  const client = new pg.Client({ connectionString: postgres.url });
  const redis = new Redis(queue.url);
  try {
    await client.connect();
    // The work first: once none is left, the files and lines read after it are final.
    const jobs = await readJobs(redis);
    const unsettled = await readUnsettled(client);
    const lines = elasticsearch ? await linesInElasticsearch(elasticsearch, client) : await linesInPostgres(client);
    return { ...jobs, unsettled, ...(await readFiles(client, lines)) };
  } finally {
    redis.disconnect();
    await client.end();
  }
}

async function readUnsettled(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ event: string }>(
    `SELECT type || ' of ' || file_id || ': ' || array_to_string(pending_jobs, ', ') AS event FROM outbox
     WHERE cardinality(pending_jobs) > 0 ORDER BY created_at`,
  );
  return rows.map(({ event }) => event);
}

async function readFiles(
  client: pg.Client,
  lines: readonly StoredLine[],
): Promise<Pick<FinalState, 'files' | 'orphans'>> {
  const { rows } = await client.query<{ id: string; name: string; status: string }>(
    'SELECT id, name, status FROM files WHERE purged_at IS NULL',
  );
  const byFile = Map.groupBy(lines, ({ fileId }) => fileId);
  // The row of a purged file hides what a late request to Elasticsearch adds, until the sweep removes both.
  const purged = await client.query<{ id: string }>('SELECT id FROM files WHERE purged_at IS NOT NULL');
  for (const { id } of purged.rows) byFile.delete(id);
  const files = rows.map(({ id, name, status }) => {
    const messages = (byFile.get(id) ?? []).map(({ message }) => message);
    byFile.delete(id);
    return { id, name, status, lines: linesOf(name, messages) };
  });
  return { files, orphans: [...byFile.values()].flat().length };
}

function linesOf(name: string, messages: readonly string[]): number[] {
  return messages.map((message) => {
    const line = readMessage(message);
    return line && name === `subject${line.subject}-version${line.version}.log` ? line.line : -1;
  });
}

async function readJobs(redis: Redis): Promise<Pick<FinalState, 'failedJobs' | 'openJobs'>> {
  const failedJobs: string[] = [];
  const openJobs: string[] = [];
  for (const queue of QUEUES) {
    for (const id of await redis.zrange(`bull:${queue}:failed`, '0', '-1')) {
      failedJobs.push(`${queue} ${id}: ${await redis.hget(`bull:${queue}:${id}`, 'failedReason')}`);
    }
    const open = await Promise.all([
      redis.lrange(`bull:${queue}:wait`, 0, -1),
      redis.lrange(`bull:${queue}:active`, 0, -1),
      redis.zrange(`bull:${queue}:delayed`, '0', '-1'),
    ]);
    // The next run of a schedule always waits.
    openJobs.push(...open.flat().flatMap((id) => (id.startsWith('repeat:') ? [] : [`${queue} ${id}`])));
  }
  return { failedJobs, openJobs };
}
