import type { StatsQuery } from '@pilotlight/contracts';
import { LEVEL_CODES } from '../level-codes.ts';
import type { Parameters } from '../parameters.ts';

/** The records that stats count, as conditions on the columns that all tables of records and counts have. */
export class StatsFilter {
  readonly query: StatsQuery;
  readonly fromMs: number | null;
  readonly toMs: number | null;

  constructor(query: StatsQuery) {
    this.query = query;
    this.fromMs = query.from === undefined ? null : Date.parse(query.from);
    this.toMs = query.to === undefined ? null : Date.parse(query.to);
  }

  get hasRange(): boolean {
    return this.fromMs !== null || this.toMs !== null;
  }

  /** Whether the filter chooses among the records of one instant. */
  get hasGroups(): boolean {
    return this.query.service !== undefined || this.query.level !== undefined;
  }

  /** Condition on `service` and `level`. */
  groups(parameters: Parameters): string {
    const { service, level } = this.query;
    const parts = ['true'];
    if (service !== undefined) parts.push(`service = ${parameters.add(service)}`);
    if (level !== undefined) parts.push(`level IN (${level.map((each) => LEVEL_CODES[each]).join(', ')})`);
    return parts.join(' AND ');
  }

  /** Condition on `timestamp`: the half-open range [from, to). */
  time(parameters: Parameters): string {
    const { from, to } = this.query;
    const parts = ['true'];
    if (from !== undefined) parts.push(`"timestamp" >= ${parameters.add(from)}`);
    if (to !== undefined) parts.push(`"timestamp" < ${parameters.add(to)}`);
    return parts.join(' AND ');
  }

  /** Condition on a row of `files`: it is visible and asked for. */
  file(parameters: Parameters): string {
    const { file_id: fileId } = this.query;
    return `files.status = 'indexed'${fileId === undefined ? '' : ` AND files.id = ${parameters.add(fileId)}`}`;
  }

  /** Condition on a row of `file_roll_ups`: all dated records of the file are in the range. */
  isWhole(parameters: Parameters): string {
    const { from, to } = this.query;
    const parts = ['bucket_ms IS NOT NULL'];
    if (from !== undefined) parts.push(`file_roll_ups.first_timestamp >= ${parameters.add(from)}`);
    if (to !== undefined) parts.push(`file_roll_ups.last_timestamp < ${parameters.add(to)}`);
    return parts.join(' AND ');
  }

  /** Condition on a row of `file_roll_ups`: some record of the file may be in the range. */
  mayOverlap(parameters: Parameters): string {
    const { from, to } = this.query;
    const parts = ['true'];
    if (from !== undefined) parts.push(`file_roll_ups.last_timestamp >= ${parameters.add(from)}`);
    if (to !== undefined) parts.push(`file_roll_ups.first_timestamp < ${parameters.add(to)}`);
    return parts.join(' AND ');
  }
}
