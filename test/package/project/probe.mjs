// Imports one entry point under a magnifying glass, and prints what that did.
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
/** Node's own loader looks into the environment too: only what modules read counts. */
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
// Whoever looks at the two first opens their pipes: that is no one's doing but Node's.
for (const stream of [process.stdout, process.stderr]) stream.isTTY;
/** Whatever would come back later: timers, also those that hold no process up, sockets, pipes, child processes. */
const handles = new Set();
// What loading modules itself takes; `node:dns` makes a channel as it is loaded.
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
