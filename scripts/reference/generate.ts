import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, ParameterReflection, type ProjectReflection, ReferenceType, ReflectionKind } from 'typedoc';
import type { PluginOptions } from 'typedoc-plugin-markdown';
import { ReferenceTheme } from './reference-theme.ts';
import { undocumented } from './undocumented.ts';
import { Warnings } from './warnings.ts';

export interface Reference {
  /** The text of each page by its file name, `redis.md`. */
  readonly pages: ReadonlyMap<string, string>;
  /** Faults of the sources: exports without a docstring, names that are not exported, dead links. */
  readonly complaints: readonly string[];
}

/** Options of the markdown plugin. */
const MARKDOWN = {
  router: 'module',
  hideBreadcrumbs: true,
  hidePageHeader: true,
  expandObjects: true,
  expandParameters: true,
  parametersFormat: 'none',
  classPropertiesFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  typeDeclarationVisibility: 'compact',
  pageTitleTemplates: {
    index: '@pilotlight/cache-core',
    module: ({ name }: { name: string }) =>
      name === 'cache-core' ? '@pilotlight/cache-core' : `@pilotlight/cache-core/${name}`,
  },
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    leftAlignHeaders: true,
  },
} satisfies Partial<PluginOptions> & { router: string };

/**
 * Generates the reference of a package from its docstrings: one page per entry point of its package.json, and an index
 * page. Writes only to a throw-away directory, because typedoc empties its output directory.
 *
 * @param nameless parts of exported types that callers never name, and that therefore are not exported
 */
export async function generateReference(packageDir: string, nameless: readonly string[]): Promise<Reference> {
  const out = mkdtempSync(join(tmpdir(), 'pilotlight-reference-'));
  try {
    const app = await open(packageDir, out, nameless);
    const warnings = new Warnings();
    app.logger = warnings;
    app.renderer.defineTheme('reference', ReferenceTheme);
    const project = await app.convert();
    if (!project) throw new Error(`typedoc could not read the package:\n${warnings.lines.join('\n')}`);
    nameEntryPoints(project);
    nameParameters(project);
    app.validate(project);
    await app.generateOutputs(project);
    return { pages: pagesIn(out), complaints: [...warnings.lines, ...undocumented(project)] };
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

function open(packageDir: string, out: string, nameless: readonly string[]): Promise<Application> {
  const { exports }: { exports: Record<string, string> } = JSON.parse(
    readFileSync(join(packageDir, 'package.json'), 'utf8'),
  );
  return Application.bootstrapWithPlugins({
    entryPoints: Object.entries(exports)
      .filter(([entry]) => entry !== './internals')
      .map(([, file]) => join(packageDir, file)),
    tsconfig: join(packageDir, 'tsconfig.json'),
    skipErrorChecking: true, // A separate check does that with another compiler.
    plugin: ['typedoc-plugin-markdown'],
    outputs: [{ name: 'markdown', path: out }],
    theme: 'reference',
    logLevel: 'Warn',
    disableSources: true,
    excludeExternals: true,
    excludeInternal: true,
    excludePrivate: true,
    readme: 'none',
    sort: ['source-order'],
    sortEntryPoints: false,
    validation: { notExported: true, invalidLink: true, notDocumented: false },
    intentionallyNotExported: [...nameless],
    ...MARKDOWN,
  });
}

/** Renames `redis/index` to `redis`, which also names its page. */
function nameEntryPoints(project: ProjectReflection): void {
  for (const module of project.getChildrenByKind(ReflectionKind.Module))
    module.name = module.name.replace(/\/?index$/, '') || 'cache-core';
}

/** Names a destructured parameter after its type: `connections` for `RedisConnections`. */
function nameParameters(project: ProjectReflection): void {
  for (const parameter of project.getReflectionsByKind(ReflectionKind.Parameter)) {
    if (parameter.name !== '__namedParameters' || !(parameter instanceof ParameterReflection)) continue;
    const type = parameter.type instanceof ReferenceType ? parameter.type.name : 'Options';
    parameter.name = /[A-Z][a-z]*$/.exec(type)?.[0].toLowerCase() ?? 'options';
  }
}

function pagesIn(directory: string): Map<string, string> {
  const files = readdirSync(directory).filter((file) => file.endsWith('.md'));
  return new Map(files.sort().map((file) => [file, readFileSync(join(directory, file), 'utf8')]));
}
