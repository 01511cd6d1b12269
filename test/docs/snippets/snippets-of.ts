import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A block of TypeScript in a page. A comment in front of it, invisible to readers, says how to run it: `<!-- given
 * cache, db; first fill; then answers -->`. The names are exports of `given.ts`: the values that the snippet uses and
 * does not import, what runs before it, and what must hold after it. `<!-- only compiled: why -->` runs nothing. `<!--
 * the file test/x.ts -->` says that the file has the same text and that a separate test runs it.
 */
export interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly heading: string;
  readonly code: string;
  readonly given: readonly string[];
  readonly first: readonly string[];
  readonly after: readonly string[];
  readonly isRun: boolean;
  /** Null if the snippet is not a file. */
  readonly file: string | null;
}

const BLOCK = /(?:<!-- (?<how>[^\n]*?) -->\n)?```ts\n(?<code>[\s\S]*?)\n```/g;

export function snippetsOf(root: string, page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(BLOCK)].map(({ index, groups: { how = '', code = '' } = {} }) => {
    const before = text.slice(0, index);
    const file = /^the file (.*)$/.exec(how)?.[1] ?? null;
    const isRun = file === null && !how.startsWith('only compiled');
    return {
      page,
      line: before.split('\n').length,
      heading:
        before
          .match(/^#+ .*$/gm)
          ?.at(-1)
          ?.replace(/^#+ /, '') ?? '',
      code,
      given: namesAfter('given', how),
      first: namesAfter('first', how),
      after: namesAfter('then', how),
      isRun,
      file,
    };
  });
}

function namesAfter(word: string, how: string): string[] {
  const named = how.split('; ').find((part) => part.startsWith(`${word} `) || part.includes(`: ${word} `));
  return named?.replace(new RegExp(`^.*?${word} `), '').split(', ') ?? [];
}

/** A separate line, `// receipt.state → 'applied'`. */
const SAID = /^(\s*)\/\/ (.+?) → (.+)$/;
/** A statement on one line, `await cache.get('k'); // → 1`, `const n = await f(); // → 1`. */
const SHOWN = /^(\s*)(?:const (\w+) = )?(.+); \/\/ → (.+)$/;

/** Returns the snippet as a program that asserts the values that the snippet states. */
export function programOf({ code, given, first, after }: Snippet): string {
  const lines = code.split('\n').map((line) => {
    const stated = SAID.exec(line);
    if (stated) return `${stated[1]}shows(${stated[2]}, ${stated[3]});`;
    const shown = SHOWN.exec(line);
    if (!shown) return line;
    const [, indent = '', name, expression = '', value = ''] = shown;
    return name === undefined
      ? `${indent}shows(${expression}, ${value});`
      : `${indent}const ${name} = ${expression}; shows(${name}, ${value});`;
  });
  const names = ['shows', ...new Set([...given, ...first, ...after])];
  return [
    `import { ${names.join(', ')} } from './given.ts';`,
    ...first.map((name) => `await ${name}();`),
    ...lines,
    ...after.map((name) => `await ${name}();`),
    'export {};',
    '',
  ].join('\n');
}
