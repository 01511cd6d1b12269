import { StackError } from '@pilotlight/stack';

/** Runs a command's main function; what it throws becomes a message for people, and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    console.error(`\n${error instanceof StackError || error instanceof CommandError ? error.message : format(error)}`);
  }
  // Whatever a library still holds open is no reason to stay.
  process.exit();
}

/** Something the person who typed the command can put right; shown without a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

function format(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
