// Runs programs one after the other, and says of each what it came to: one line of JSON, `null` or the complaint.
// node run-all.ts program.ts …
import { inspect } from 'node:util';

const UP_TO_MS = 20_000;
let isOver: ((error: unknown) => void) | null = null;
process.on('uncaughtException', (error) => isOver?.(error));

for (const program of process.argv.slice(2)) {
  const complaint = await complaintOf(program);
  // On a channel of its own: programs may print.
  process.send?.({ program, complaint });
}
process.exit(0); // whatever a program left open

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
