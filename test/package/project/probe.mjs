// Imports one entry point and prints every effect of the import.
import { createHook } from 'node:async_hooks';
import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

const loaded = [];
registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    loaded.push(resolved.url);
    return resolved;
  },
});
const env = new Set();
/** Node's own loader reads the environment too; only reads by modules count. */
const note = (name) => {
  const [, , , reader = ''] = new Error(name).stack.split('\n');
  if (!reader.includes('node:internal/')) env.add(name);
};
process.env = new Proxy(process.env, {
  get: (target, name) => {
    note(String(name));
    return target[name];
  },
  has: (target, name) => {
    note(String(name));
    return name in target;
  },
  ownKeys: (target) => {
    note('all of it');
    return Reflect.ownKeys(target);
  },
});
// The first access opens these pipes, which is an effect of Node and not of the module.
for (const stream of [process.stdout, process.stderr]) stream.isTTY;
/** Resources that would call back later: timers (even unreferenced ones), sockets, pipes, child processes. */
const handles = new Set();
// Resources of the module loader itself; loading `node:dns` creates a channel.
const ofTheLoader = ['PROMISE', 'TickObject', 'Microtask', 'FSREQPROMISE', 'FSREQCALLBACK', 'DNSCHANNEL'];
const watching = createHook({
  init: (_id, type) => {
    if (!ofTheLoader.includes(type)) handles.add(type);
  },
});
const globals = Reflect.ownKeys(globalThis);
const listeners = process.eventNames().length;

watching.enable();
const exported = Object.keys(await import(process.argv[2]));
watching.disable();

const news = (now, before) => now.filter((one) => !before.includes(one)).map(String);
const report = {
  exported,
  loaded: [...new Set(loaded)],
  env: [...env],
  handles: [...handles],
  globals: news(Reflect.ownKeys(globalThis), globals),
  listeners: process.eventNames().length - listeners,
};
writeSync(1, JSON.stringify(report));
