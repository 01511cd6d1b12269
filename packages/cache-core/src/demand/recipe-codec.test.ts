import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseKey } from '../model/key.ts';
import { ProcessHotKeys } from '../single-process/process-hot-keys.ts';
import { ManualClock } from '../testing/index.ts';
import { DecodedHotKeys, RecipeCodec } from './recipe-codec.ts';

const key = parseKey('find:find:1');
const recipe = { prefix: 'find', name: 'find', params: { card: '4111 1111 1111 1111' } };
const keyOf = (id: string) => ({ id, key: randomBytes(32) });

test('without encryption a recipe is stored as JSON', () => {
  const codec = new RecipeCodec(undefined);
  expect(JSON.parse(codec.encode(key, recipe))).toEqual(recipe);
  expect(codec.decode(key, codec.encode(key, recipe))).toEqual(recipe);
});

test('with encryption the stored text hides the input and decodes to the recipe', () => {
  const codec = new RecipeCodec({ keys: [keyOf('a')] });
  const stored = codec.encode(key, recipe);
  expect(stored).not.toContain('4111');
  expect(Buffer.from(stored.split(' ')[2] ?? '', 'base64').toString('latin1')).not.toContain('4111');
  expect(codec.decode(key, stored)).toEqual(recipe);
});

test('with encryption a plain recipe decodes to null, and without it an encrypted one does', () => {
  const [plain, sealing] = [new RecipeCodec(undefined), new RecipeCodec({ keys: [keyOf('a')] })];
  expect(sealing.decode(key, plain.encode(key, recipe))).toBeNull();
  expect(plain.decode(key, sealing.encode(key, recipe))).toBeNull();
});

test('encryption keys rotate as those of envelopes do', () => {
  const [before, after] = [keyOf('2026-11'), keyOf('2026-12')];
  const old = new RecipeCodec({ keys: [before] });
  const both = new RecipeCodec({ keys: [after, before] });
  expect(both.decode(key, old.encode(key, recipe))).toEqual(recipe);
  expect(old.decode(key, both.encode(key, recipe))).toBeNull();
});

test('an encrypted recipe of another key, or with any change, decodes to null', () => {
  const codec = new RecipeCodec({ keys: [keyOf('a')] });
  const stored = codec.encode(key, recipe);
  expect(codec.decode(parseKey('find:find:2'), stored)).toBeNull();
  const start = stored.lastIndexOf(' ') + 1;
  const bytes = Buffer.from(stored.slice(start), 'base64');
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes);
    changed.writeUInt8(changed.readUInt8(i) ^ 1, i);
    expect(codec.decode(key, stored.slice(0, start) + changed.toString('base64'))).toBeNull();
  }
});

test('a stored text that is not a recipe decodes to null', () => {
  const long = `{"prefix":"a","name":"b","params":"${'x'.repeat(3_000)}"}`;
  for (const stored of [
    '',
    '{',
    '7',
    'null',
    '{"prefix":"a"}',
    long,
    'sealed',
    'sealed a',
    'sealed a AAAA',
    'x'.repeat(9_000),
  ])
    for (const codec of [new RecipeCodec(undefined), new RecipeCodec({ keys: [keyOf('a')] })])
      expect(codec.decode(key, stored)).toBeNull();
});

test('the largest recipe can be encrypted and decoded', () => {
  const codec = new RecipeCodec({ keys: [keyOf('x'.repeat(32))] });
  const empty = JSON.stringify({ ...recipe, params: '' }).length;
  const longest = { ...recipe, params: 'x'.repeat(2_048 - empty) };
  expect(codec.decode(key, codec.encode(key, longest))).toEqual(longest);
});

test('a key that is reported again uses no second nonce', () => {
  const codec = new RecipeCodec({ keys: [keyOf('a')] });
  expect(codec.encode(key, recipe)).toBe(codec.encode(key, recipe));
});

test('a key whose recipe cannot be decoded is missing from the hot keys', async () => {
  const store = new ProcessHotKeys(new ManualClock());
  const hotKeys = new DecodedHotKeys(store, undefined);
  const other = parseKey('find:find:2');
  await hotKeys.add([{ key, recipe, reads: 1, loadMs: 1 }]);
  await store.add([{ key: other, recipe: 'sealed a AAAA', reads: 9, loadMs: 9 }]);
  expect((await hotKeys.top(9, ['find'])).map((hot) => hot.key)).toEqual([key]);
  expect([await hotKeys.find(other), (await hotKeys.find(key))?.recipe]).toEqual([null, recipe]);
});
