import { PLACES, referenceComplaints, writeReference } from './reference/docs-api.ts';
import { runCommand } from './run-command.ts';

/**
 * `npm run docs`: writes the API reference of cache-core from its docstrings. With `-- --check` it only reports what
 * would change.
 */
await runCommand(async () => {
  const complaints = process.argv.includes('--check')
    ? await referenceComplaints(PLACES)
    : await writeReference(PLACES);
  for (const complaint of complaints) console.log(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
});
