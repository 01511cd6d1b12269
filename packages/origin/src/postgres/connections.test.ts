import { createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { OriginUnavailable } from '../errors.ts';
import { openOrigin } from '../testing/open-origin.ts';
import { Connections } from './connections.ts';

test('given connections that were in use, close leaves none of them on the server', async () => {
  const { databaseUrl, query } = await openOrigin();
  for (let round = 1; round <= 5; round++) {
    const name = `closing ${round}`;
    const errors: unknown[] = [];
    const connections = new Connections({
      databaseUrl,
      name,
      max: 8,
      statementTimeoutMs: 10_000,
      idleInTransactionMs: 10_000,
      onError: (error) => errors.push(error),
    });
    const clients = await Promise.all(Array.from({ length: 8 }, () => connections.acquire()));
    expect(connections.state.open).toBe(8);
    await Promise.all(clients.map((client) => client.query('SELECT 1')));
    for (const client of clients) client.release();
    await connections.close();
    expect(await query('SELECT pid FROM pg_stat_activity WHERE application_name = $1', [`pilotlight ${name}`])).toEqual(
      [],
    );
    expect(errors).toEqual([]);
  }
});

test('the state of a pool counts connections in use, idle ones and waiting callers', async () => {
  const { databaseUrl } = await openOrigin();
  const limits = { max: 1, statementTimeoutMs: 10_000, idleInTransactionMs: 10_000, onError: () => undefined };
  const connections = new Connections({ databaseUrl, name: 'counted', ...limits });
  onTestFinished(() => connections.close());
  const held = await connections.acquire();
  const waiting = connections.queryOne('SELECT 1');
  expect(connections.state).toEqual({ name: 'counted', max: 1, open: 1, idle: 0, waiting: 1 });
  held.release();
  await waiting;
  expect(connections.state).toEqual({ name: 'counted', max: 1, open: 1, idle: 1, waiting: 0 });
});

/** The protocol message of a type: the type, its length and its fields (Postgres frontend/backend protocol, version 3). */
function message(type: string, fields: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + 4);
  return Buffer.concat([Buffer.from(type), length, fields]);
}
const AUTHENTICATION_OK = message('R', Buffer.alloc(4));
const READY_FOR_QUERY = message('Z', Buffer.from('I'));
const SHUT_DOWN = message(
  'E',
  Buffer.from('SFATAL\0C57P02\0Mterminating connection due to unexpected postmaster exit\0\0'),
);

/** Starts a server that accepts a session and ends it in the same packet. */
async function serverThatDiesAtOnce(): Promise<string> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATION_OK, READY_FOR_QUERY, SHUT_DOWN])));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected the server to have a port');
  return `postgres://user@127.0.0.1:${address.port}/none`;
}

test('given a server that dies as it accepts a session, the call rejects and the process survives', async () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown) => uncaught.push(error);
  process.on('uncaughtException', note);
  onTestFinished(() => {
    process.off('uncaughtException', note);
  });
  const connections = new Connections({
    databaseUrl: await serverThatDiesAtOnce(),
    name: 'dying',
    max: 1,
    statementTimeoutMs: 1_000,
    idleInTransactionMs: 1_000,
    onError: () => undefined,
  });
  await expect(connections.query('SELECT 1')).rejects.toBeInstanceOf(OriginUnavailable);
  await connections.close();
  expect(uncaught).toEqual([]);
});
