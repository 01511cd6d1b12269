/** The advisory locks of this system. The numbers are arbitrary and differ; releases that run beside each other share them. */
export const ADVISORY_LOCKS = {
  /** Processes that migrate the same database hold it one after the other. */
  migration: 7_164_505,
  /** A process that copies between the log stores of a database holds it. */
  reindex: 7_164_506,
  /** Uploads that count files hold it until their transaction ends. */
  quotas: 7_164_507,
  /** A batch of retention holds it until its transaction ends. */
  retention: 7_164_508,
} as const;
