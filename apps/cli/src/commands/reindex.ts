import { Option } from 'commander';
import type { AddCommand } from '../command.ts';
import type { ReindexFlags } from './run-reindex.ts';

const HELP = `
Copies the lines of every indexed file to one log store from the other. Reads, uploads and deletions continue.
A file that is complete at the target is skipped, so the command can be stopped, killed and repeated. It repeats
its passes until nothing is missing, then lists every file whose lines differ. The last step of a switch
runs without workers: docs/operations.md, "Switch the log store".

Needs DATABASE_URL and ELASTICSEARCH_URL, for either direction.

Examples:
  $ npm run pilotlight -- reindex --to elasticsearch
  $ npm run pilotlight -- reindex --to postgres --json | tail -1`;

/** `reindex`: copies the lines between the log stores. */
export const addReindex: AddCommand = (program, context, end) => {
  program
    .command('reindex')
    .description('copy the lines of all indexed files to the other log store, then compare both')
    .addOption(
      new Option('--to <store>', 'the store to copy to').choices(['elasticsearch', 'postgres']).makeOptionMandatory(),
    )
    .option('--remove-unknown', 'also remove lines at the target of files that the database has no record of')
    .option('--json', 'print progress and result as JSON, one object per line')
    .addHelpText('after', HELP)
    .action(async (flags: ReindexFlags) => {
      // The clients of the databases take a second to load, which every other command would wait for.
      const { runReindex } = await import('./run-reindex.ts');
      end(await runReindex(flags, context));
    });
};
