import { expect, test } from 'vitest';
import { FileTimes } from '../file-times.ts';
import { SHAPES } from './all.ts';
import { compileShape } from './compile-shape.ts';

const TIMES = new FileTimes({ uploadedAt: new Date('2026-04-01T00:00:00Z') });

function parserOf(name: string) {
  const shape = SHAPES.find((each) => each.name === name);
  const format = shape === undefined ? undefined : compileShape(shape);
  if (format?.kind !== 'record') throw new Error(`expected ${name} to be a format of records`);
  return format.open(TIMES);
}

const USER = '# User@Host: shop[shop] @ localhost []  Id:     8';

test('a second line of one pattern begins the next record', () => {
  const parser = parserOf('mysql-slow');
  const lines = ['# Time: 2026-03-01T10:00:00.123456Z'];
  expect(parser.continues?.(USER, lines)).toBe(true);
  expect(parser.continues?.(USER, [...lines, USER, 'SELECT 1;'])).toBe(false);
});

test('a record of one line keeps its line as the message', () => {
  const parser = parserOf('mysql-slow');
  const [line = ''] = ['# Time: 2026-03-01T10:00:00.123456Z'];
  const record = parser.parse(line);
  if (record === null || record === 'header') throw new Error('expected a record');
  expect(parser.finish?.(record, [line])?.message).toBe(line);
});

test('parts of a PostgreSQL message continue it, the next message does not', () => {
  const parser = parserOf('postgresql');
  const prefix = '2026-03-01 10:00:00.123 CET [4711] shop@orders';
  const lines = [`${prefix} ERROR:  duplicate key value`];
  expect(parser.continues?.(`${prefix} DETAIL:  Key (id)=(17) already exists.`, lines)).toBe(true);
  expect(parser.continues?.('\tVALUES (17, 12.50)', lines)).toBe(true);
  expect(parser.continues?.(`${prefix} ERROR:  another`, lines)).toBe(false);
});

test('a part of a PostgreSQL message of another session does not continue it', () => {
  const parser = parserOf('postgresql');
  const lines = ['2026-03-01 10:00:00 UTC [4711]: [2-1] user=shop ERROR:  duplicate key value'];
  const part = (pid: number) => `2026-03-01 10:00:00 UTC [${pid}]: [3-1] user=shop STATEMENT:  SELECT 1`;
  expect(parser.continues?.(part(4711), lines)).toBe(true);
  expect(parser.continues?.(part(4712), lines)).toBe(false);
});

test('a function continues a record of zap only in its stack trace', () => {
  const parser = parserOf('zap-console');
  const record = (level: string) => `2026-03-01T10:00:03.123Z\t${level}\tpay/charge.go:30\tdeclined`;
  const frame = ['github.com/shop/pay.(*Gate).charge', '\t/srv/pay/charge.go:30'];
  expect(parser.continues?.('main.charge', [record('ERROR')])).toBe(true);
  expect(parser.continues?.('main.charge', [record('ERROR'), ...frame])).toBe(true);
  expect(parser.continues?.('shop.example', [record('INFO')])).toBe(false);
  expect(parser.continues?.('shop.example', [record('ERROR'), 'main.charge'])).toBe(false);
});

test('a report of RabbitMQ ends at a blank line or a time', () => {
  const parser = parserOf('rabbitmq-report');
  const lines = ['=ERROR REPORT==== 1-Mar-2026::10:00:02 ===', 'closing AMQP connection'];
  expect(parser.continues?.('{handshake_timeout,frame_header}', lines)).toBe(true);
  expect(parser.continues?.('starting', [...lines, ''])).toBe(false);
  expect(parser.continues?.('2026-03-01 10:00:03 INFO a: b', lines)).toBe(false);
});
