import { readdirSync, readFileSync } from 'node:fs';
import type { LogFile } from '@pilotlight/contracts';
import { expect } from 'vitest';
import type { Api } from './ask.ts';
import { sharedData } from './shared-data.ts';
import { uploadIndexed } from './upload.ts';

const FOLDER = ['hostile', 'json-test-suite'] as const;
const AT_A_TIME = 6;

/** Uploads a file of the shared data and waits until it is indexed. */
export async function indexShared(api: Api, ...path: string[]): Promise<LogFile> {
  const { file } = await uploadIndexed(api, path.at(-1) ?? '', readFileSync(sharedData(...path)));
  return file;
}

/**
 * Returns the names of its non-empty files: `y_` must be accepted as JSON, `n_` must be rejected, `i_` may be either.
 */
export function jsonTestSuite(): string[] {
  return readdirSync(sharedData(...FOLDER)).filter((name) => readFileSync(sharedData(...FOLDER, name)).length > 0);
}

/**
 * Indexes the files. Expects that none is lost, that no invalid file counts as JSON, and that all valid ones are
 * parsed.
 */
export async function expectReadRight(api: Api, names: readonly string[]): Promise<void> {
  const files: LogFile[] = [];
  const queue = [...names];
  const work = async () => {
    for (let name = queue.pop(); name !== undefined; name = queue.pop())
      files.push(await indexShared(api, ...FOLDER, name));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, work));
  expect(files).toHaveLength(names.length);
  const refused = files.filter(({ name }) => name.startsWith('n_'));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.filter(({ format }) => format === 'json' || format === 'ndjson')).toEqual([]);
  expect(refused.filter(({ line_count, unparsed_count }) => unparsed_count !== line_count)).toEqual([]);
  const accepted = files.filter(({ name }) => name.startsWith('y_'));
  expect(accepted.length).toBeGreaterThan(0);
  expect(accepted.filter(({ unparsed_count }) => unparsed_count > 0)).toEqual([]);
}
