import { describe, expect, test } from 'vitest';
import { FileTimes } from '../file-times.ts';
import { auditdParser } from './auditd.ts';

const parse = auditdParser(new FileTimes({ uploadedAt: new Date('2026-03-02T00:00:00Z') }));

describe('lines of the audit daemon', () => {
  test('the time is in the identifier, and pairs are fields', () => {
    const line =
      'type=SYSCALL msg=audit(1772359200.123:24287): arch=c000003e success=no exit=-13 comm="cat" key="sshd config"\x1dARCH=x86_64';
    expect(parse(line)).toMatchObject({
      timestamp: '2026-03-01T10:00:00.123Z',
      level: 'UNKNOWN',
      message: line,
      fields: {
        type: 'SYSCALL',
        audit_id: '24287',
        arch: 'c000003e',
        success: 'no',
        exit: '-13',
        comm: 'cat',
        key: 'sshd config',
        ARCH: 'x86_64',
      },
    });
  });

  test('pairs of user space are read inside the quotes, and its address is the source', () => {
    const record = parse(
      `node=web1 type=USER_LOGIN msg=audit(1772359200.456:24290): pid=71 msg='op=login acct="anna b" hostname=? addr=203.0.113.5 res=failed'`,
    );
    expect(record).toMatchObject({
      timestamp: '2026-03-01T10:00:00.456Z',
      source: '203.0.113.5',
      fields: { node: 'web1', type: 'USER_LOGIN', pid: '71', op: 'login', acct: 'anna b', res: 'failed' },
    });
    expect(record?.fields).not.toHaveProperty('hostname');
  });

  test('other pairs are not of the format', () => {
    expect(parse('type=SYSCALL msg=hello')).toBeNull();
    expect(parse('type=SYSCALL msg=audit(soon-ish:1): a=b')).toBeNull();
  });

  test('the end of an event is a record without pairs', () => {
    expect(parse('type=EOE msg=audit(1772359200.123:24287): ')?.fields).toEqual({ type: 'EOE', audit_id: '24287' });
  });
});
