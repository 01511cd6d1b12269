import { resultWithin, systemClock } from '../model/clock.ts';
import { Unreachable } from '../model/errors.ts';
import type { PostgresClient, PostgresPool, Statements } from './pool.ts';

/** How long a connection may take to be free or open. */
const CONNECT_MS = 5_000;
/** How long a statement without work may take: when it passes, the other end of the connection is gone without notice. */
const NO_WORK_MS = 2_000;
/** The same for every other statement. */
const STATEMENT_MS = 15_000;

/** Whatever the database's default: a statement after a lock must see what its previous holder committed. */
const BEGIN = 'BEGIN ISOLATION LEVEL READ COMMITTED';

const DATABASE = 'the database of the watched tables';

/** Returns a connection, or rejects with `Unreachable` after 5 s. */
export async function connect(pool: PostgresPool): Promise<PostgresClient> {
  const connecting = pool.connect();
  const client = await resultWithin(connecting, CONNECT_MS, systemClock);
  if (client !== undefined) return client;
  // It may still come, and belongs to the pool then.
  connecting.then(
    (late) => late.release(),
    () => undefined, // reported below
  );
  throw new Unreachable(DATABASE, { why: `gave no connection within ${CONNECT_MS} ms; the pool needs two of them` });
}

/**
 * Runs `work` in a transaction and commits it. If anything fails, the connection is closed, which rolls back: its state
 * is unknown then.
 *
 * @param settings parameters of the server, valid in this transaction
 */
export async function inTransaction<Result>(
  pool: PostgresPool,
  settings: Readonly<Record<string, string>>,
  work: (client: Statements) => Promise<Result>,
): Promise<Result> {
  const client = await connect(pool);
  const set = Object.entries(settings).map(([name, value]) => `SET LOCAL ${name} = '${value}'`);
  let isLost = true;
  // The running statement rejects too; without this listener a lost connection would end the process.
  const ignore = (): void => undefined;
  client.on('error', ignore);
  try {
    await answered(client.query([BEGIN, ...set].join('; ')), NO_WORK_MS);
    const result = await work(limited(client));
    await answered(client.query('COMMIT'), STATEMENT_MS);
    isLost = false;
    return result;
  } finally {
    if (!isLost) client.removeListener('error', ignore);
    client.release(isLost);
  }
}

function limited(client: PostgresClient): Statements {
  return { query: (text, values) => answered(client.query(text, values), STATEMENT_MS) };
}

async function answered<Result extends object>(answer: Promise<Result>, withinMs: number): Promise<Result> {
  const result = await resultWithin(answer, withinMs, systemClock);
  if (result !== undefined) return result;
  throw new Unreachable(DATABASE, { why: `did not answer within ${withinMs} ms` });
}
