import { checkSteps, runSteps } from './check-steps.ts';
import { runCommand } from './run-command.ts';

/** `npm run check`: everything that can be said of the code without running it. */
await runCommand(async () => {
  process.exitCode = (await runSteps(checkSteps())) === 0 ? 0 : 1;
});
