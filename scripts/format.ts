import { runCommand } from './run-command.ts';
import { runTool } from './run-tool.ts';

/** `npm run format`: puts the code in the one format, and mends what the linter can mend. */
await runCommand(async () => {
  const { code, output } = await runTool('biome', ['check', '--write', '.']);
  console.log(output);
  process.exitCode = code;
});
