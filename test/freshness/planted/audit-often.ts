import { mutate } from '@pilotlight/simulation';

/** Loaded before a worker's own code (`--import`). Audits run every second, so that a short run has many of them. */
mutate({
  name: 'period',
  without: 'audits are ten seconds apart',
  edits: [
    {
      file: '../../../apps/worker/src/auditing/limits.ts',
      find: 'AUDIT_EVERY_MS = 10_000',
      replace: 'AUDIT_EVERY_MS = 1_000',
    },
  ],
  sees: /^Audited/,
});
