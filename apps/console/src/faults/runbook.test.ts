import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FAULT_KINDS, type FaultKind, runbookOf } from './fault-kinds.ts';

const TEXT = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');
const headings = [...TEXT.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);
/** The anchor of a heading without punctuation, as GitHub and the api make it. */
const anchors = new Set(headings.map((title) => title.toLowerCase().replaceAll(' ', '-')));

test.each(Object.keys(FAULT_KINDS) as FaultKind[])('docs/operations.md has the section that %s links', (kind) => {
  const [path, anchor = ''] = runbookOf(kind).split('#');
  expect(path).toBe('/docs/operations');
  expect(anchors).toContain(anchor);
});

test('control: a section that does not exist is not found', () => {
  expect(anchors).not.toContain('no-such-section');
});
