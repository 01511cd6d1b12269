import { checkSteps, runSteps } from './check-steps.ts';
import { runCommand } from './run-command.ts';

/** `npm run check`: all checks that do not run the code. */
await runCommand(async () => {
  process.exitCode = (await runSteps(checkSteps())) === 0 ? 0 : 1;
});
