import { runCommand } from './run-command.ts';
import { runSuites } from './run-suites.ts';

/**
 * `npm run prove`: runs every suite that takes minutes, on real services. `npm run prove -- <filters>` runs only the
 * suites that match.
 */
await runCommand(() => runSuites({ kind: 'prove', args: process.argv.slice(2) }));
