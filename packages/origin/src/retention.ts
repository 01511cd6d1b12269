import type { DomainEvent, FileSums, RetentionPlan, RetentionRules } from '@pilotlight/contracts';

export interface RetentionOptions {
  /** The run ends after this number of files, or a few more. */
  maxFiles: number;
  /**
   * Writes an audit record with this action in the transaction of each batch, so that no file is deleted without one. Defaults to none:
   * the api records its request.
   */
  auditAction?: string;
  /** Called with the events of each batch, after its transaction. The next batch begins once it has resolved. */
  onDeleted?: (events: readonly DomainEvent[]) => Promise<void>;
  signal?: AbortSignal;
}

export interface RetentionRun extends FileSums {
  /**
   * `done`: no file is due; `more`: the maximum number of files is deleted, and more may be due; `busy`: another process was
   * applying rules.
   */
  outcome: 'done' | 'more' | 'busy';
}

/** Deletes files by age and by size. Without a rule, it deletes nothing. */
export interface Retention {
  /**
   * Returns what a run would delete now.
   *
   * @param limit maximum number of listed files
   */
  plan(rules: RetentionRules, limit: number): Promise<RetentionPlan>;
  /**
   * Deletes the files that are due, oldest first, as `Files.delete` does: it hides them and writes their events. Their
   * lines are removed later, by `Files.purge`. Each batch is one transaction, which chooses its files itself, so a run can
   * be stopped, repeated and resumed. One process at a time deletes.
   */
  apply(rules: RetentionRules, options: RetentionOptions): Promise<RetentionRun>;
}
