// Runs programs in turn and prints one line of JSON for each: `null` or the complaint. Usage: node run-all.ts
// program.ts …
import { inspect } from 'node:util';

const UP_TO_MS = 20_000;
let isOver: ((error: unknown) => void) | null = null;
process.on('uncaughtException', (error) => isOver?.(error));

for (const program of process.argv.slice(2)) {
  const complaint = await complaintOf(program);
  // Uses a separate channel, because programs may print.
  process.send?.({ program, complaint });
}
process.exit(0); // exits despite handles that a program left open

function complaintOf(program: string): Promise<string | null> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(`did not end within ${UP_TO_MS} ms`), UP_TO_MS);
    const end = (complaint: string | null) => {
      clearTimeout(timer);
      resolve(complaint);
    };
    isOver = (error) => end(inspect(error));
    import(program).then(
      () => end(null),
      (error: unknown) => end(inspect(error)),
    );
  });
}
