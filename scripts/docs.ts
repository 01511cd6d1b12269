import { clientTypesComplaints, writeClientTypes } from './reference/client-types.ts';
import { PLACES, referenceComplaints, writeReference } from './reference/docs-api.ts';
import { errorsComplaints, writeErrors } from './reference/errors.ts';
import { formatsComplaints, writeFormats } from './reference/formats.ts';
import { peersComplaints, writePeers } from './reference/peers.ts';
import { runCommand } from './run-command.ts';

/**
 * `npm run docs`: writes the reference of cache-core from its docstrings, the tables of `docs/peers.md` from the titles of its
 * tests, `docs/errors.md` from the table of errors, `docs/formats.md` from the shapes and schemas, and the types of `packages/client` from the description of the api. With
 * `-- --check` it writes nothing and reports the files that differ.
 */
await runCommand(async () => {
  const isCheck = process.argv.includes('--check');
  if (!isCheck) {
    writePeers();
    writeErrors();
    writeFormats();
    await writeClientTypes();
  }
  const reference = await (isCheck ? referenceComplaints(PLACES) : writeReference(PLACES));
  const complaints = [
    ...reference,
    ...peersComplaints(),
    ...errorsComplaints(),
    ...formatsComplaints(),
    ...(await clientTypesComplaints()),
  ];
  for (const complaint of complaints) console.log(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
});
