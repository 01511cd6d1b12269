import { runCommand } from './run-command.ts';
import { runTool } from './run-tool.ts';

/** `npm run format`: formats the code and applies the linter's safe fixes. */
await runCommand(async () => {
  const { code, output } = await runTool('biome', ['check', '--write', '.']);
  console.log(output);
  process.exitCode = code;
});
