import { runCommand } from './run-command.ts';
import { runSuites } from './run-suites.ts';

/** `npm run prove`: every suite that takes minutes, on real services. `npm run prove -- <filters>` runs only those that match. */
await runCommand(() => runSuites({ kind: 'prove', args: process.argv.slice(2) }));
