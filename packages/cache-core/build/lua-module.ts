import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/** Replaces the compiled `redis/lua-sources.js`, which reads files, with one that contains the texts of the Lua files. */
export function writeLuaModule(src: string, out: string): void {
  const texts = Object.fromEntries(
    globSync('redis/scripts/*.lua', { cwd: src })
      .sort()
      .map((file) => [basename(file, '.lua'), readFileSync(join(src, file), 'utf8')]),
  );
  const module = `const SOURCES = ${JSON.stringify(texts, null, 2)};\nexport function luaSource(name) {\n  return SOURCES[name];\n}\n`;
  writeFileSync(join(out, 'redis', 'lua-sources.js'), module);
}
