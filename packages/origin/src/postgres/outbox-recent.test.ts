import { expect, test } from 'vitest';
import { openOrigin, uploadText } from '../testing/open-origin.ts';

test('recent lists recent events oldest first with their age, and older ones only if not applied', async () => {
  const { origin, query } = await openOrigin();
  const events = [];
  for (const content of ['settled', 'waiting', 'new']) events.push((await uploadText(origin, content)).event);
  const [settled, waiting, latest] = events.map(({ id }) => id);
  await origin.outbox.markApplied(settled ?? '', 1);
  await query(`UPDATE outbox SET created_at = created_at - interval '1 hour' WHERE id <> $1`, [latest]);
  const recent = await origin.outbox.recent({ withinMs: 60_000, limit: 10 });
  expect(recent.map(({ id, isApplied }) => [id, isApplied])).toEqual([
    [waiting, false],
    [latest, false],
  ]);
  expect(recent[0]?.ageMs).toBeGreaterThanOrEqual(3_600_000);
  expect(recent[1]?.event).toEqual(events[2]);
  await query(`UPDATE outbox SET payload = '{"type": "file.renamed"}' WHERE id = $1`, [latest]);
  const unreadable = await origin.outbox.recent({ withinMs: 60_000, limit: 1 });
  expect(unreadable.find(({ id }) => id === latest)?.event).toBeNull();
});
