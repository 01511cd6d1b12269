import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A Java installation. */
export interface JavaHome {
  path: string;
  major: number;
}

/** Elasticsearch 9 needs this major version of Java or a newer one. */
export const MIN_JAVA_MAJOR = 21;

const INSTALLED = ['/usr/lib/jvm/*', '/opt/java/*', '/opt/jdk*', '/Library/Java/JavaVirtualMachines/*/Contents/Home'];

/**
 * Returns the Java to use: that of `JAVA_HOME` if it is new enough, else the newest one the system has installed, or
 * null if none is new enough.
 *
 * @param places patterns of directories that may hold an installation
 */
export function findJava(env: NodeJS.ProcessEnv, places: readonly string[] = INSTALLED): JavaHome | null {
  const home = env['JAVA_HOME'];
  const own = home === undefined || home === '' ? null : javaAt(home);
  if (own !== null && own.major >= MIN_JAVA_MAJOR) return own;
  const found = globSync([...places])
    .map(javaAt)
    .filter((java) => java !== null)
    .sort((a, b) => b.major - a.major);
  return found[0] !== undefined && found[0].major >= MIN_JAVA_MAJOR ? found[0] : null;
}

/** Returns the installation in a directory, or null if there is none. Reads its `release` file, which costs no start. */
function javaAt(path: string): JavaHome | null {
  const release = join(path, 'release');
  if (!existsSync(join(path, 'bin', 'java')) || !existsSync(release)) return null;
  const major = /^JAVA_VERSION="(\d+)/m.exec(readFileSync(release, 'utf8'))?.[1];
  return major === undefined ? null : { path, major: Number(major) };
}
