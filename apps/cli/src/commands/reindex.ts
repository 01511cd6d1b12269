import { readStoresConfig } from '@pilotlight/runtime';
import { Option } from 'commander';
import { type AddCommand, InvalidUse } from '../command.ts';

const HELP = `
Copies the lines of every indexed file from the one log store to the other, while the system serves requests.
`;

/** `reindex`: copies the lines between the log stores. */
export const addReindex: AddCommand = (program, { env }) => {
  program
    .command('reindex')
    .description('copy the lines of all indexed files to the other log store, then compare both')
    .addOption(
      new Option('--to <store>', 'the store to copy to').choices(['elasticsearch', 'postgres']).makeOptionMandatory(),
    )
    .option('--json', 'print progress and result as JSON, one object per line')
    .addHelpText('after', HELP)
    .action(async () => {
      const { elasticsearch } = readStoresConfig(env);
      if (elasticsearch === null) {
        throw new InvalidUse(
          'ELASTICSEARCH_URL: expected the URL of the Elasticsearch to copy to or from, got nothing; set it to the URL that the api and the workers use or will use',
        );
      }
      throw new InvalidUse('reindex: not available in this commit');
    });
};
