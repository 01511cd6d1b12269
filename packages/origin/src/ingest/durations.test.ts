import { describe, expect, test } from 'vitest';
import { type DurationUnit, durationMs, unitOfName } from './durations.ts';

describe('durations', () => {
  test.each([
    ['12ms', 12],
    ['1.5s', 1_500],
    ['1.5 sec', 1_500],
    ['1523.250 ms', 1_523.25],
    ['250µs', 0.25],
    ['250μs', 0.25],
    ['1500ns', 0.0015],
    ['2 minutes', 120_000],
    ['5m', 300_000],
    ['1h2m3.5s', 3_723_500],
    ['1m30s', 90_000],
    ['1 min 2.5 s', 62_500],
    ['2s 15ms', 2_015],
    ['PT1.5S', 1_500],
    ['PT0,25S', 250],
    ['P1DT2H', 93_600_000],
    ['PT2M', 120_000],
  ])('%s says its unit', (written, milliseconds) => {
    expect(durationMs(written, undefined)).toBe(milliseconds);
    expect(durationMs(written, 'ns')).toBe(milliseconds);
  });

  test.each<[unknown, DurationUnit, number]>([
    [12, 'ms', 12],
    [0.123, 's', 123],
    ['0.123', 's', 123],
    ['+12', 'ms', 12],
    ['2000000000', 'ns', 2_000],
    ['1.5e-1', 's', 150],
    ['3', 'min', 180_000],
    ['00:00:01.234', 'timespan', 1_234],
    ['1.02:00:00', 'timespan', 93_600_000],
  ])('%s has the given unit %s', (written, unit, milliseconds) => {
    expect(durationMs(written, unit)).toBe(milliseconds);
  });

  test.each([12, '12', '12.5', '', 'm', 's', 'P', 'PT', '-1s', '1 fortnight', '00:00:01', '0.1, 0.2', true, null, {}])(
    '%s without a unit is not known',
    (written) => {
      expect(durationMs(written, undefined)).toBeNull();
    },
  );

  test.each([Number.NaN, Number.POSITIVE_INFINITY, -1, '9'.repeat(16), '1'.repeat(100_000), '999999999999999h'])(
    '%s is not a duration',
    (written) => {
      expect(durationMs(written, 'h')).toBeNull();
    },
  );

  test.each([
    ['duration_ms', 'ms'],
    ['durationMs', 'ms'],
    ['durationMS', 'ms'],
    ['elapsedMilliseconds', 'ms'],
    ['latency.seconds', 's'],
    ['response_time_s', 's'],
    ['elapsed_us', 'us'],
    ['took-nanos', 'ns'],
    ['duration', undefined],
    ['response_time', undefined],
    ['latency', undefined],
    ['ms', undefined],
    ['elapsedmilliseconds', 'ms'],
    ['latencyms', 'ms'],
    ['items', undefined],
  ])('the unit of the column %s is %s', (name, unit) => {
    expect(unitOfName(name)).toBe(unit);
  });
});
