import { describe, expect, test } from 'vitest';
import { MAX_MESSAGE_BYTES, SyslogFrames } from './frames.ts';

/** Returns the messages of a connection whose bytes come in pieces. */
function messagesOf(text: string, pieceBytes: number): { messages: string[]; tooLong: number; isPartial: boolean } {
  const messages: string[] = [];
  let tooLong = 0;
  const frames = new SyslogFrames(
    (message) => messages.push(String(message)),
    () => {
      tooLong += 1;
    },
  );
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += pieceBytes) frames.add(bytes.subarray(at, at + pieceBytes));
  const { isPartial } = frames;
  frames.end();
  return { messages, tooLong, isPartial };
}

describe.for([1, 2, 7, 1_000_000])('in pieces of %i bytes', (pieceBytes) => {
  test('messages with a length and with a line feed are distinguished, one by one', () => {
    const text = '11 <13>1 - a\nb<14>line\n8 <15>last<16>no end';
    expect(messagesOf(text, pieceBytes)).toEqual({
      messages: ['<13>1 - a\nb', '<14>line', '<15>last', '<16>no end'],
      tooLong: 0,
      isPartial: true,
    });
  });

  test('a message that is too long is dropped, and the next ones are read', () => {
    const long = 'x'.repeat(MAX_MESSAGE_BYTES + 1);
    const text = `<1>a\n${long}\n<2>b\n${long.length} ${long}3 <3>${'y'.repeat(MAX_MESSAGE_BYTES)}\n`;
    const { messages, tooLong } = messagesOf(text, pieceBytes === 1_000_000 ? pieceBytes : pieceBytes * 1_000);
    expect(tooLong).toBe(2);
    expect(messages).toEqual(['<1>a', '<2>b', '<3>', 'y'.repeat(MAX_MESSAGE_BYTES)]);
  });
});

test('a length without its whole message is dropped', () => {
  expect(messagesOf('10 <1>a', 3)).toEqual({ messages: [], tooLong: 0, isPartial: true });
});
