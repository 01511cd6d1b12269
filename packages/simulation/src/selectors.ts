import type { Selector } from '@pilotlight/cache-core';
import type { Parts } from './parts.ts';
import { PREFIX, type SimulatedKey } from './plan.ts';
import { drawScope, meet, scopeOf } from './scopes.ts';

/** A selector with its description and the keys that it hits regardless of the content of their entries. */
export interface Chosen {
  readonly selector: Selector;
  readonly what: string;
  readonly keys: readonly string[];
}

type Choice = Pick<Parts, 'random' | 'plan'>;

const chosen = (selector: Selector, what: string, keys: readonly string[]): Chosen => ({ selector, what, keys });

/** Selects a tag that a load names only at its end. */
export function tagOf({ name }: SimulatedKey): Chosen {
  return chosen({ tag: `t-${name}` }, `tag of ${name}`, [name]);
}

/** Selects something that hits the key and may hit others. */
export function selectorOfWrite(parts: Choice, key: SimulatedKey): Chosen {
  const { random, plan } = parts;
  const { name } = key;
  const ways: Chosen[] = [
    chosen({ key: key.key }, `key ${name}`, [name]),
    chosen({ prefix: `${PREFIX}:${name}` }, `prefix of ${name}`, [name]),
  ];
  if (!key.isSet && !plan.isCalm) ways.push(tagOf(key));
  if (key.scope) ways.push(scopedSelector(parts), scopedSelector(parts), scopedSelector(parts));
  return random.oneOf(ways);
}

/** A value of `set` has no scope, so that it depends on everything. */
function scopedSelector({ random, plan }: Choice): Chosen {
  const changed = drawScope(random);
  const hit = plan.keys.filter(({ scope }) => scope === null || meet(scope, changed)).map(({ name }) => name);
  const { from, to, levels } = changed;
  return chosen({ prefix: PREFIX, scope: scopeOf(changed) }, `${from} to ${to} of ${levels.join('/')}`, hit);
}

/** Selects as a write does, or something that hits more. */
export function anySelector(parts: Choice, key: SimulatedKey): Chosen {
  const { random, plan } = parts;
  const names = plan.keys.map(({ name }) => name);
  const tagged = plan.keys.filter(({ isSet }) => !isSet).map(({ name }) => name);
  const ways = [
    selectorOfWrite(parts, key),
    chosen({ all: true }, 'everything', names),
    chosen({ prefix: PREFIX }, 'prefix of all', names),
  ];
  if (!plan.isCalm) ways.push(chosen({ tag: 't-all' }, 'tag of all', tagged));
  return random.oneOf(ways);
}
