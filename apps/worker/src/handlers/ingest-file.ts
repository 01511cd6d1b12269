import type { DomainEvent } from '@pilotlight/contracts';
import { type IngestProgress, type IngestResult, IngestSuperseded, type Origin } from '@pilotlight/origin';
import type { Logger } from '@pilotlight/runtime';
import { FileDeferred, isUnreachable } from '../errors.ts';
import type { Handler, JobContext } from '../handler.ts';
import { MAX_CRASHES } from '../limits.ts';
import type { LongReads } from '../long-reads.ts';
import { printable } from '../printable.ts';

export interface IngestFileOptions {
  readonly origin: Pick<Origin, 'ingest' | 'files' | 'outbox'>;
  readonly logger: Logger;
  readonly longReads: LongReads;
}

const PROGRESS_EVERY_MS = 1_000;
const PROGRESS_FROM_LINES = 10_000;

/** Reads an uploaded file's chunks into the log store. A file that cannot be ingested becomes `failed` with a reason. */
export function ingestFile({ origin, logger, longReads }: IngestFileOptions): Handler<'ingest-file'> {
  const giveUp = async (event: DomainEvent, reason: string) => {
    await origin.files.fail(event.fileId, reason);
    await origin.outbox.settle(event.id, 'ingest-file');
    logger.error(`Gave up on file ${event.fileId}: ${reason}`);
  };
  return async ({ event }, context) => {
    if (context.crashes >= MAX_CRASHES) {
      await giveUp(event, `${context.crashes} workers died while reading it`);
      return { outcome: 'given up' };
    }
    const began = performance.now();
    const name = printable((await origin.files.get(event.fileId))?.name ?? event.fileId);
    const report = progressLogger(logger, name);
    const result = await ingest({ origin, longReads }, event, context, { giveUp, report });
    if (result === 'superseded') {
      // The file was deleted meanwhile, so no later attempt will settle the event.
      if ((await origin.files.get(event.fileId)) === null) {
        await origin.outbox.settle(event.id, 'ingest-file');
        return { outcome: 'deleted' };
      }
      logger.info(`Stopped reading file ${event.fileId}: a later attempt reads it`);
      return { outcome: result };
    }
    await origin.outbox.settle(event.id, 'ingest-file');
    logResult(logger, name, result, performance.now() - began);
    return result;
  };
}

async function ingest(
  { origin, longReads }: Pick<IngestFileOptions, 'origin' | 'longReads'>,
  event: DomainEvent,
  { signal, isLastTry }: JobContext,
  reports: {
    giveUp: (event: DomainEvent, reason: string) => Promise<void>;
    report: (progress: IngestProgress) => void;
  },
): Promise<IngestResult | 'superseded'> {
  const reading = longReads.begin(event.fileId);
  let isDone = false;
  try {
    const result = await origin.ingest(event.fileId, {
      signal: AbortSignal.any([signal, reading.signal]),
      onProgress: (progress) => {
        reading.note(progress);
        reports.report(progress);
      },
    });
    isDone = true;
    return result;
  } catch (error) {
    if (error instanceof IngestSuperseded) return 'superseded';
    if (isLastTry && !signal.aborted && !isUnreachable(error) && !(error instanceof FileDeferred)) {
      await reports.giveUp(
        event,
        'it could not be indexed because of an error that is not in the file; upload it again',
      );
    }
    throw error;
  } finally {
    reading.end(isDone);
  }
}

/** Returns a function that logs the progress of a large file at most once a second. */
function progressLogger(logger: Logger, name: string): (progress: IngestProgress) => void {
  let loggedAt = Number.NEGATIVE_INFINITY;
  return ({ lines }) => {
    if (lines < PROGRESS_FROM_LINES || performance.now() - loggedAt < PROGRESS_EVERY_MS) return;
    loggedAt = performance.now();
    logger.debug(`Reading ${name}: ${count(lines)} lines so far`);
  };
}

function logResult(logger: Logger, name: string, result: IngestResult, ms: number): void {
  const took = `${(ms / 1_000).toFixed(1)} s`;
  switch (result.outcome) {
    case 'indexed': {
      const { lines, records, errors, unparsed, format } = result;
      const read = records === lines ? '' : ` in ${count(records)} records`;
      const counts = `${count(lines)} lines${read} (${count(errors)} errors, ${count(unparsed)} unparsed)`;
      logger.info(`Indexed ${name}: ${counts} in ${took}, ${format}`);
      return;
    }
    case 'failed':
      logger.warn(`Could not index ${name}: ${printable(result.error)}`);
      return;
    case 'skipped':
      logger.debug(`Skipped ${name}: ${result.because}`);
      return;
    default:
      result satisfies never;
  }
}

const count = (n: number): string => n.toLocaleString('en');
