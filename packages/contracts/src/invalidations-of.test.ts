import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { type DomainEvent, domainEventSchema } from './events.ts';
import { invalidationsOf } from './invalidations-of.ts';

const FILE = randomUUID();
const EXTENT = { records: 3, time: { from: 10, to: 21 }, hasUndated: false, levels: ['INFO'], services: ['web'] };
const EVERYTHING = [{ prefix: 'files' }, { prefix: 'stats' }, { prefix: 'search' }];

function read(type: DomainEvent['type'], more: object = {}): DomainEvent {
  const at = new Date().toISOString();
  return domainEventSchema.parse({ id: randomUUID(), type, version: 1, at, fileId: FILE, ...more });
}

test.for(['file.indexed', 'file.deleted', 'file.changed'] as const)(
  '%s invalidates the list of files, and the stats and searches that its scope meets',
  (type) => {
    const scope = { file: [FILE], dated: ['yes'], time: { from: 10, to: 21 }, level: ['INFO'], service: ['web'] };
    expect(invalidationsOf(read(type, { extent: EXTENT }))).toEqual([
      { prefix: 'files' },
      { prefix: 'stats', scope },
      { prefix: 'search', scope },
    ]);
  },
);

test.for(['file.uploaded', 'file.failed'] as const)('%s changes no record, so it invalidates the list only', (type) => {
  expect(invalidationsOf(read(type, { extent: EXTENT }))).toEqual([{ prefix: 'files' }]);
});

test('an event of a file without records invalidates the list only', () => {
  const extent = { records: 0, time: null, hasUndated: false, levels: [], services: [] };
  expect(invalidationsOf(read('file.indexed', { extent }))).toEqual([{ prefix: 'files' }]);
});

test.for([
  ['of an earlier version, which says nothing of it', {}],
  ['with an extent of another form', { extent: { ...EXTENT, records: undefined, parts: [] } }],
  ['with a time that ends before it begins', { extent: { ...EXTENT, time: { from: 20, to: 10 } } }],
  ['with an extent that is not an object', { extent: 'some' }],
] as const)('a payload %s is read, and means everything', ([, more]) => {
  expect(invalidationsOf(read('file.indexed', more))).toEqual(EVERYTHING);
});

test('a payload of a later version is parsed without its additional fields', () => {
  const later = read('file.indexed', { extent: { ...EXTENT, words: ['new'] }, cause: 'new' });
  expect(invalidationsOf(later)).toEqual(invalidationsOf(read('file.indexed', { extent: EXTENT })));
});

test('an event parsed again from the outbox is the same', () => {
  const event = read('file.indexed', { extent: EXTENT });
  expect(invalidationsOf(domainEventSchema.parse(JSON.parse(JSON.stringify(event))))).toEqual(invalidationsOf(event));
});
