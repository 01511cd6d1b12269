import { flushCompileCache } from 'node:module';

/**
 * Writes the compiled modules of this process for the next one, if `NODE_COMPILE_CACHE` names a directory; call it once all modules
 * are loaded. Node would write them when the process ends, which on a busy machine takes longer than process managers wait.
 */
export function keepCompiledModules(): void {
  flushCompileCache();
}
