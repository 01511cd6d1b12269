import type { Client, estypes } from '@elastic/elasticsearch';
import { errors } from '@elastic/elasticsearch';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { RecordsRejected } from '../../errors.ts';
import { asOriginError } from './as-origin-error.ts';

/** One operation of a bulk request: its lines, and the id that names it in messages. */
export interface BulkOperation {
  id: string;
  /** The action and, for an index operation, the document, each as one line of JSON. */
  lines: readonly string[];
}

/** Statuses of an overloaded server: the same request may succeed later. */
const LATER = new Set([429, 503]);
const TOO_LARGE = 413;
/** Statuses of an operation that no retry can mend. Any other failure is of the server's state. */
const FOR_GOOD = new Set([400, TOO_LARGE]);
/** Types of failures of the server's state, whatever their status is. */
const STATE_TYPES = new Set(['index_closed_exception', 'cluster_block_exception']);
const VERSION_CONFLICT = 409;
const NOT_FOUND = 404;
const BACK_OFF = { maxAttempts: 8, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 10_000 }) };
/** The server did not accept some operations yet. Only `sendAll` throws it, to be tried again. */
class Overloaded extends Error {}

export interface BulkOutcome {
  /** Whether a document of a later version exists for one of the ids. */
  hasConflict: boolean;
}

/**
 * Sends operations and sends those again that an overloaded server refused, with growing random pauses. Sends them in
 * halves if the request is too large for the server or a proxy in front of it. Rejects with `OriginUnavailable` if the
 * server stays overloaded or cannot be reached, and with `RecordsRejected` if it rejects an operation for good. Sending
 * an operation twice changes nothing, because every id has a version.
 */
export async function sendBulk(client: Client, operations: readonly BulkOperation[]): Promise<BulkOutcome> {
  try {
    return await sendAll(client, operations);
  } catch (error) {
    if (!(error instanceof errors.ResponseError) || error.statusCode !== TOO_LARGE) throw error;
    const [first] = operations;
    if (first !== undefined && operations.length === 1) {
      throw new RecordsRejected([`${first.id}: the request is larger than the server or a proxy accepts`]);
    }
    const middle = Math.ceil(operations.length / 2);
    const one = await sendBulk(client, operations.slice(0, middle));
    const other = await sendBulk(client, operations.slice(middle));
    return { hasConflict: one.hasConflict || other.hasConflict };
  }
}

async function sendAll(client: Client, operations: readonly BulkOperation[]): Promise<BulkOutcome> {
  let open = operations;
  let hasConflict = false;
  const policy = retry(handleWhen(isOverload), BACK_OFF);
  try {
    await policy.execute(async () => {
      const body = open.flatMap(({ lines }) => [...lines]);
      const { items, errors: hasErrors } = await client.bulk({ operations: body });
      if (!hasErrors) return;
      const sorted = sortItems(open, items);
      hasConflict ||= sorted.hasConflict;
      if (sorted.rejected.length > 0) throw new RecordsRejected(sorted.rejected);
      open = sorted.later;
      if (open.length > 0) {
        throw new Overloaded(`it did not accept ${open.length} operations, the first of them: ${sorted.why}`);
      }
    });
  } catch (error) {
    throw error instanceof Overloaded ? asOriginError(new errors.ConnectionError(error.message)) : asOriginError(error);
  }
  return { hasConflict };
}

function isOverload(error: unknown): boolean {
  return error instanceof Overloaded || (error instanceof errors.ResponseError && LATER.has(error.statusCode ?? 0));
}

function sortItems(
  operations: readonly BulkOperation[],
  items: readonly Partial<Record<estypes.BulkOperationType, estypes.BulkResponseItem>>[],
) {
  const later: BulkOperation[] = [];
  const rejected: string[] = [];
  let hasConflict = false;
  let why = 'no reason given';
  for (const [at, item] of items.entries()) {
    const [answer] = Object.values(item);
    const operation = operations[at];
    if (answer === undefined || operation === undefined) throw new Error('expected one answer per bulk operation');
    const { status, error } = answer;
    // A deleted document that does not exist is what the caller wants.
    if (status < 400 || status === NOT_FOUND) continue;
    if (status === VERSION_CONFLICT) hasConflict = true;
    else if (FOR_GOOD.has(status) && !STATE_TYPES.has(error?.type ?? '')) {
      rejected.push(`${operation.id}: ${reasonOf(error)}`);
    } else {
      if (later.length === 0) why = reasonOf(error);
      later.push(operation);
    }
  }
  return { later, rejected, hasConflict, why };
}

function reasonOf(error: estypes.ErrorCause | undefined): string {
  const cause = error?.caused_by?.reason;
  return [error?.reason ?? error?.type ?? 'no reason given', ...(cause ? [cause] : [])].join(': ').slice(0, 500);
}
