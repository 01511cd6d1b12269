import type { AuditQuery, AuditRecord } from '@pilotlight/contracts';

export type NewAuditRecord = Omit<AuditRecord, 'id'>;

export interface AuditBounds {
  readonly keptMs: number;
  readonly maxRecords: number;
}

/** The audit log in the database. */
export interface AuditStore {
  append(records: readonly NewAuditRecord[]): Promise<void>;
  /** Returns records, newest first, and the `before` of the next page. */
  list(query: AuditQuery): Promise<{ records: AuditRecord[]; next: number | null }>;
  /** Removes records that are older than `keptMs`, and the oldest beyond `maxRecords`. Returns how many. */
  prune(bounds: AuditBounds): Promise<number>;
}
