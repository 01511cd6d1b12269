import { buildConsole } from '@pilotlight/console/build';

/** `npm run api`: builds the console if its sources have changed, then runs one api in this process. */
try {
  await buildConsole((line) => process.stderr.write(`${line}\n`));
} catch (error) {
  // The api serves everything else without it.
  const why = error instanceof Error ? error.message : String(error);
  process.stderr.write(
    `The console could not be built: ${why}. The api starts without it; "npm run console" builds it.\n`,
  );
}
await import('../apps/api/src/server.ts');
