import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createOrigin, type Origin, readRecords } from '@pilotlight/origin';
import { startServices } from '@pilotlight/stack';
import { Client } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { accessLines } from './access-lines.ts';
import { median, type Row, row } from './row.ts';
import type { SuiteOptions } from './suite.ts';

const ROUNDS = 3;
const FORMAT = 'apache-access';
/** The maximum share of recognition, of the time of an ingest. */
const RECOGNITION_SHARE = 0.05;

/**
 * Measures the time from chunks to searchable lines against `COPY` of the same rows into an equal table, and the part of it
 * that is spent to find the format of the lines.
 */
export async function ingest({ quick, log }: SuiteOptions): Promise<Row[]> {
  const lines = quick ? 100_000 : 1_000_000;
  const services = await startServices({ ephemeral: true, log });
  const folder = await mkdtemp(join(tmpdir(), 'pilotlight-bench-'));
  const origin = createOrigin({
    databaseUrl: services.env.DATABASE_URL,
    ingestThreads: 1,
    onError: (error) => log(String(error)),
  });
  const client = new Client({ connectionString: services.env.DATABASE_URL });
  try {
    await origin.migrate();
    await client.connect();
    const ours: number[] = [];
    const theirs: number[] = [];
    const recognitions: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      const fileId = await upload(origin, lines);
      ours.push(await seconds(() => origin.ingest(fileId)));
      theirs.push(await copySeconds(client, join(folder, 'rows')));
      recognitions.push(await recognitionSeconds(lines));
      log(
        `round ${round} of ${ROUNDS}: ${lines.toLocaleString('en')} lines ingested in ${ours.at(-1)?.toFixed(1)} s, COPY of them took ${theirs.at(-1)?.toFixed(1)} s`,
      );
      await origin.files.delete(fileId);
      await origin.files.purge(fileId);
    }
    return [
      row({
        id: 'ingest',
        unit: 'lines/s',
        ours: lines / median(ours),
        against: 'COPY of the same rows, same indexes',
        theirs: lines / median(theirs),
        goal: 0.5,
      }),
      row(
        {
          id: 'ingest, to find the format',
          unit: 's',
          ours: median(recognitions),
          against: `${RECOGNITION_SHARE * 100} % of the time of the ingest`,
          theirs: RECOGNITION_SHARE * median(ours),
          goal: 1,
        },
        'lower',
      ),
    ];
  } finally {
    await client.end();
    await origin.close();
    await rm(folder, { recursive: true, force: true });
    await services.stop();
  }
}

async function upload(origin: Origin, lines: number): Promise<string> {
  const upload = await origin.uploads.begin('access.log');
  for (const block of accessLines(lines)) await upload.write(block);
  return (await upload.commit()).file.id;
}

/**
 * Returns how much more processor time the lines take to read if their format is not given, in seconds. It is a difference of two
 * measurements: at least 1 ms, also if it drowns in them.
 */
async function recognitionSeconds(lines: number): Promise<number> {
  const given = await readingSeconds(lines, FORMAT);
  return Math.max(0.001, (await readingSeconds(lines)) - given);
}

async function readingSeconds(lines: number, format?: string): Promise<number> {
  const before = process.cpuUsage();
  const records = readRecords(() => Readable.from(accessLines(lines)), { uploadedAt: new Date(), format });
  for await (const batch of records) if (batch.length === 0) throw new Error('expected a batch of records');
  const { user, system } = process.cpuUsage(before);
  if (records.summary.format !== FORMAT) throw new Error(`expected ${FORMAT}, got ${records.summary.format}`);
  return (user + system) / 1e6;
}

/** Copies the rows that ingest wrote to a file, and measures copying them into an equal, empty table. */
async function copySeconds(client: Client, path: string): Promise<number> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(column_name) AS name FROM information_schema.columns WHERE table_name = 'log_lines' AND is_generated = 'NEVER' ORDER BY ordinal_position`,
  );
  const columns = rows.map(({ name }) => name).join(', ');
  await client.query('DROP TABLE IF EXISTS copied; CREATE TABLE copied (LIKE log_lines INCLUDING ALL)');
  await pipeline(
    client.query(copyTo(`COPY log_lines (${columns}) TO STDOUT (FORMAT binary)`)),
    createWriteStream(path),
  );
  return seconds(() =>
    pipeline(
      createReadStream(path, { highWaterMark: 1 << 20 }),
      client.query(copyFrom(`COPY copied (${columns}) FROM STDIN (FORMAT binary)`)),
    ),
  );
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1_000;
}
