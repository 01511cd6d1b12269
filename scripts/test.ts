import { checkSteps, runSteps } from './check-steps.ts';
import { runCommand } from './run-command.ts';
import { runSuites } from './run-suites.ts';

/**
 * `npm test`: runs the checks, then every suite that takes seconds, on real services. `npm test -- <filters>` runs only
 * the suites that match.
 */
await runCommand(() => runSuites({ kind: 'test', args: process.argv.slice(2), checks: () => runSteps(checkSteps()) }));
