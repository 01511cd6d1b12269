import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../testing/temporary-directory.ts';
import { findJava } from './find-java.ts';

function install(root: string, name: string, version: string): string {
  const path = join(root, name);
  mkdirSync(join(path, 'bin'), { recursive: true });
  writeFileSync(join(path, 'bin', 'java'), '');
  chmodSync(join(path, 'bin', 'java'), 0o755);
  writeFileSync(join(path, 'release'), `IMPLEMENTOR="x"\nJAVA_VERSION="${version}"\n`);
  return path;
}

test('the newest installed Java is used, and JAVA_HOME comes first', () => {
  const root = temporaryDirectory();
  install(root, 'seventeen', '17.0.9');
  const older = install(root, 'twenty-one', '21.0.2');
  const newest = install(root, 'twenty-five', '25');
  const places = [join(root, '*')];
  expect(findJava({}, places)).toEqual({ path: newest, major: 25 });
  expect(findJava({ JAVA_HOME: older }, places)).toEqual({ path: older, major: 21 });
});

test('a Java that is too old is never used', () => {
  const root = temporaryDirectory();
  const old = install(root, 'seventeen', '17.0.9');
  expect(findJava({ JAVA_HOME: old }, [join(root, '*')])).toBeNull();
});
