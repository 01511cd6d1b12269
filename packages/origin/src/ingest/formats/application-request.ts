import type { LogRecord } from '../../log-record.ts';
import { readAddress } from '../address.ts';

/** `1.2.3.4 "GET /path HTTP/1.1" status: 200 len: 1893 time: 0.2477829`, as OpenStack and others log requests. */
const REQUEST =
  /(?:(?:^|\s)([\d.]{7,15}|[\da-f:]{3,39}),? )?(?:- )?"([A-Z]{3,10}) (\S{1,8192}) HTTP\/\d(?:\.\d)?"(?: (?:status: )?(\d{3})(?!\d))?/;
const SECONDS = / time: (\d{1,6}\.\d{1,9})(?!\d)/;

/** Reads a request that the message describes into the record. The level that the line states does not change. */
export function readRequest(record: LogRecord): void {
  if (!record.message.includes(' HTTP/')) return;
  const match = REQUEST.exec(record.message);
  if (match === null) return;
  const [, address, method = null, path = null, status] = match;
  record.method = method;
  record.path = path;
  if (address !== undefined) record.source = readAddress(address);
  if (status !== undefined && Number(status) >= 100 && Number(status) <= 599) record.status = Number(status);
  const seconds = SECONDS.exec(record.message)?.[1];
  if (seconds !== undefined) record.responseTimeMs = Number((Number(seconds) * 1000).toFixed(3));
}
