import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const VALUE = String.raw`export\s+(?:declare\s+|abstract\s+|async\s+)*(?:class|function\*?|const|let)\s+`;
const IMPORT = /^\s*(import|export)\s+(?:type\s+)?(\{[^}]*\}|\*(?:\s+as\s+\w+)?|\w+)\s+from\s+'([^']+)'/gm;

interface Import {
  readonly isExport: boolean;
  /** The names as the imported file exports them; `*` for all of them. */
  readonly names: readonly string[];
  readonly specifier: string;
}

/** The imports of the TypeScript files under a folder: paths are relative to it. */
export class Imports {
  readonly #root: string;
  readonly #texts = new Map<string, string>();
  readonly #uses = new Map<string, ReadonlySet<string>>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * The files whose parts a file uses: it imports a class, a function, a constant, or an interface with a method, that they
   * declare, be it for its type alone. A type of plain data does not count. Files that re-export are looked through.
   */
  uses(file: string): ReadonlySet<string> {
    const known = this.#uses.get(file);
    if (known) return known;
    const used = new Set(this.#named(file).flatMap(({ home, name }) => (this.#isPart(home, name) ? home : [])));
    this.#uses.set(file, used);
    return used;
  }

  /** Whether a file imports an interface with a method, a port, from another. */
  implementsPortOf(file: string, port: string): boolean {
    return this.#named(file).some(({ home, name }) => home === port && this.#isPort(home, name));
  }

  #named(file: string): { readonly home: string; readonly name: string }[] {
    return this.#importsOf(file).flatMap(({ names, specifier }) => {
      const target = this.#resolve(file, specifier);
      if (!target) return [];
      return names.flatMap((name) => {
        const home = this.#home(target, name);
        return home ? { home, name } : [];
      });
    });
  }

  #isPart(file: string, name: string): boolean {
    return name === '*' || new RegExp(`${VALUE}${name}\\b`).test(this.#text(file)) || this.#isPort(file, name);
  }

  #isPort(file: string, name: string): boolean {
    const body = new RegExp(`export interface ${name}\\b[^{]*\\{([\\s\\S]*?)\\n\\}`).exec(this.#text(file))?.[1] ?? '';
    return body.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '').includes('(');
  }

  /** The file that declares a name which this one exports; null if it is not found. */
  #home(file: string, name: string): string | null {
    for (const { isExport, names, specifier } of this.#importsOf(file)) {
      const target = isExport ? this.#resolve(file, specifier) : null;
      if (!target) continue;
      const found = names.includes(name) ? this.#home(target, name) : null;
      if (found) return found;
      const inAll = names.includes('*') ? this.#home(target, name) : null;
      if (inAll && new RegExp(`\\b${name}\\b`).test(this.#text(inAll))) return inAll;
    }
    const isHere = name === '*' || new RegExp(`export\\s[^;]*?\\b${name}\\b`).test(this.#text(file));
    return isHere ? file : null;
  }

  #importsOf(file: string): Import[] {
    return [...this.#text(file).matchAll(IMPORT)].map(([, word, what = '', specifier = '']) => ({
      isExport: word === 'export',
      names: what.startsWith('{') ? what.slice(1, -1).split(',').flatMap(nameOf) : ['*'],
      specifier,
    }));
  }

  #resolve(from: string, specifier: string): string | null {
    if (specifier.startsWith('.')) return normalize(join(dirname(from), specifier));
    const [scope, name, ...rest] = specifier.split('/');
    if (scope !== '@pilotlight') return null;
    const home = `packages/${name}`;
    const { exports } = JSON.parse(this.#text(`${home}/package.json`));
    const entry: unknown = exports[['.', ...rest].join('/')];
    return typeof entry === 'string' ? normalize(join(home, entry)) : null;
  }

  #text(file: string): string {
    const path = join(this.#root, file);
    const text = this.#texts.get(file) ?? (existsSync(path) ? readFileSync(path, 'utf8') : '');
    this.#texts.set(file, text);
    return text;
  }
}

/** `type A as B` exports A. */
function nameOf(item: string): string[] {
  const [name = ''] = item
    .trim()
    .replace(/^type\s+/, '')
    .split(/\s+as\s+/);
  return name === '' ? [] : [name];
}
