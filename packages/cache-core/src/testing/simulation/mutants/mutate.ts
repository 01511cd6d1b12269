import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Edit, Mutant } from './mutant.ts';

const SRC = new URL('../../../', import.meta.url);

/** The path of a file that is named from `cache-core/src`. */
export const sourceOf = (file: string): string => fileURLToPath(new URL(file, SRC));

/** From now on this thread loads the mutant's sources in the place of the engine's. What is loaded already stays as it is. */
export function mutate({ edits }: Omit<Mutant, 'seed'>): void {
  const files = Map.groupBy(edits, ({ file }) => new URL(file, SRC).href);
  registerHooks({
    load: (url, context, nextLoad) => {
      const edits = files.get(url);
      if (!edits) return nextLoad(url, context);
      return { format: 'module-typescript', source: edited(fileURLToPath(url), edits), shortCircuit: true };
    },
  });
}

/** The source with every edit made. Throws where the text to be replaced is not there exactly once. */
export function edited(path: string, edits: readonly Edit[]): string {
  let source = readFileSync(path, 'utf8');
  for (const { find, replace } of edits) {
    const times = source.split(find).length - 1;
    if (times !== 1)
      throw new Error(`expected this text in ${path} once, found it ${times} times; adapt the mutant to it:\n${find}`);
    source = source.replace(find, () => replace);
  }
  return source;
}
