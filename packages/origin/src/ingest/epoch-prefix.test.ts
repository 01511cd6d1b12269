import { expect, test } from 'vitest';
import { FileTimes } from './file-times.ts';
import { TimestampReader } from './timestamps.ts';

const reader = () => new TimestampReader(new FileTimes({ uploadedAt: new Date('2026-03-01T00:00:00Z') }));

test.each(['9999999999 items left', '5551234567 called', '1772409601 a day and a second after the upload'])(
  '%s does not begin with a time',
  (line) => {
    expect(reader().prefix(line, 0)).toBeNull();
  },
);

test('a number up to a day after the upload is a time', () => {
  expect(reader().prefix('1772409600 started', 0)?.iso).toBe('2026-03-02T00:00:00.000Z');
});
