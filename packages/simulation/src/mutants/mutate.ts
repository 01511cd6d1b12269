import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Edit, Mutant } from './mutant.ts';

const SRC = new URL('../../../cache-core/src/', import.meta.url);

/** Returns the path of a file given relative to `cache-core/src`. */
export const sourceOf = (file: string): string => fileURLToPath(new URL(file, SRC));

/**
 * Makes this thread load the mutant's sources instead of the engine's from now on. Modules already loaded do not
 * change.
 */
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

/** Returns the source with every edit applied. Throws if the text to replace does not occur exactly once. */
export function edited(path: string, edits: readonly Edit[]): string {
  let source = readFileSync(path, 'utf8');
  for (const { find, replace } of edits) {
    const times = source.split(find).length - 1;
    if (times !== 1)
      throw new Error(
        `expected this text once in ${path}, found it ${times} times; adapt the mutant to the source:\n${find}`,
      );
    source = source.replace(find, () => replace);
  }
  return source;
}
